import { isSameName } from "../same-name.ts";

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
    for (const field of this.list) if (isSameName(field.name, name)) return field.value;
    return undefined;
  }

  /** The members of a comma-separated list, of all fields of that name together, in lower case and without parameters (RFC 9110 5.6.1). */
  tokens(name: string): readonly string[] {
    if (this.get(name) === undefined) return none;
    const values = this.list.filter((field) => isSameName(field.name, name)).flatMap(({ value }) => value.split(","));
    return values.map((value) => (value.split(";", 1)[0] ?? "").trim().toLowerCase()).filter((value) => value !== "");
  }

  [Symbol.iterator](): Iterator<HttpField> {
    return this.list[Symbol.iterator]();
  }
}

const none: readonly string[] = [];
