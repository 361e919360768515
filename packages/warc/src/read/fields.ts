import { isSameName } from "../same-name.ts";

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

  constructor(list: readonly Field[]) {
    this.list = list;
  }

  /** The value of the first field of that name, which may be empty; undefined where there is none. */
  get(name: string): string | undefined {
    return this.field(name)?.value;
  }

  field(name: string): Field | undefined {
    for (const field of this.list) if (isSameName(field.name, name)) return field;
    return undefined;
  }

  all(name: string): readonly Field[] {
    return this.list.filter((field) => isSameName(field.name, name));
  }

  [Symbol.iterator](): Iterator<Field> {
    return this.list[Symbol.iterator]();
  }
}
