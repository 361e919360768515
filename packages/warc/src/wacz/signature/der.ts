/** A value in DER (ITU-T X.690), the form of certificates and timestamps. What is damaged has fewer children than it should. */
export class Der {
  readonly tag: number;
  /** With tag and length: what is signed. */
  readonly whole: Uint8Array<ArrayBuffer>;
  readonly value: Uint8Array<ArrayBuffer>;

  private constructor(tag: number, whole: Uint8Array<ArrayBuffer>, value: Uint8Array<ArrayBuffer>) {
    this.tag = tag;
    this.whole = whole;
    this.value = value;
  }

  /** The value at the start of the bytes; undefined where none is whole. */
  static parse(bytes: Uint8Array<ArrayBuffer>): Der | undefined {
    const [tag = 0, first = 0] = bytes;
    const more = first < 0x80 ? 0 : first - 0x80;
    // A length of more than four bytes would be a value of many gigabytes.
    if (bytes.length < 2 + more || more > 4) return undefined;
    const length = more === 0 ? first : bytes.subarray(2, 2 + more).reduce((sum, byte) => sum * 256 + byte, 0);
    const end = 2 + more + length;
    return end > bytes.length ? undefined : new Der(tag, bytes.subarray(0, end), bytes.subarray(2 + more, end));
  }

  get children(): readonly Der[] {
    const found: Der[] = [];
    for (let rest = this.value; rest.length > 0; ) {
      const child = Der.parse(rest);
      if (!child) break;
      found.push(child);
      rest = rest.subarray(child.whole.length);
    }
    return found;
  }

  /** The child at that place, from 0. */
  at(index: number): Der | undefined {
    return this.children[index];
  }

  get hex(): string {
    return Array.from(this.value, (byte) => byte.toString(16).padStart(2, "0")).join("");
  }

  get text(): string {
    return new TextDecoder().decode(this.value);
  }

  /** A time of either kind (RFC 5280 4.1.2.5), undefined where it is none. */
  get time(): Date | undefined {
    const long = this.tag === 0x17 ? `${Number(this.text.slice(0, 2)) < 50 ? "20" : "19"}${this.text}` : this.text;
    const [, year, month, day, hour, minute, second] = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(?:\.\d+)?Z$/.exec(long) ?? [];
    const time = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
    return Number.isNaN(time.getTime()) ? undefined : time;
  }
}
