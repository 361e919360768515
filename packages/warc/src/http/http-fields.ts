/** One field of an HTTP message. */
export interface HttpField {
  readonly name: string;
  /** Without the white space around it; a folded value is on one line. UTF-8 where it can be that, else Latin-1. */
  readonly value: string;
  /** Bytes from the start of the block. */
  readonly at: number;
}

/** The fields of a message in their order, repeated ones too (RFC 9110 5). Names are the same in upper and lower case. */
export class HttpFields implements Iterable<HttpField> {
  readonly list: readonly HttpField[];

  constructor(list: readonly HttpField[]) {
    this.list = list;
  }

  /** The value of the first field of that name, undefined where there is none. */
  get(name: string): string | undefined {
    const key = name.toLowerCase();
    return this.list.find((field) => isNamed(field, key))?.value;
  }

  /** The members of a comma-separated list, of all fields of that name together, in lower case and without parameters (RFC 9110 5.6.1). */
  tokens(name: string): readonly string[] {
    const key = name.toLowerCase();
    const values = this.list.filter((field) => isNamed(field, key)).flatMap(({ value }) => value.split(","));
    return values.map((value) => (value.split(";", 1)[0] ?? "").trim().toLowerCase()).filter((value) => value !== "");
  }

  [Symbol.iterator](): Iterator<HttpField> {
    return this.list[Symbol.iterator]();
  }
}

function isNamed({ name }: HttpField, key: string): boolean {
  return name.length === key.length && name.toLowerCase() === key;
}
