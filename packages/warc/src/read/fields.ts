/** One named field of a record's header, as it stands there. */
export interface Field {
  readonly name: string;
  /** Without the white space around it; a folded value is on one line. */
  readonly value: string;
  /** Of the header, from 1 for the version line. */
  readonly line: number;
}

/** The named fields of a record in their order, repeated ones too (ISO 28500:2017 4, 5.1). Names are the same in upper and lower case. */
export class Fields implements Iterable<Field> {
  readonly list: readonly Field[];
  readonly #keys: readonly string[];

  constructor(list: readonly Field[]) {
    this.list = list;
    this.#keys = list.map((field) => field.name.toLowerCase());
  }

  /** The value of the first field of that name, which may be empty; undefined where there is none. */
  get(name: string): string | undefined {
    return this.field(name)?.value;
  }

  field(name: string): Field | undefined {
    return this.list[this.#keys.indexOf(name.toLowerCase())];
  }

  all(name: string): readonly Field[] {
    const key = name.toLowerCase();
    return this.list.filter((_, index) => this.#keys[index] === key);
  }

  [Symbol.iterator](): Iterator<Field> {
    return this.list[Symbol.iterator]();
  }
}
