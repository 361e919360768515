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
    return this.list.find(isNamed(name));
  }

  all(name: string): readonly Field[] {
    return this.list.filter(isNamed(name));
  }

  [Symbol.iterator](): Iterator<Field> {
    return this.list[Symbol.iterator]();
  }
}

/** Most names are written as the standard writes them, and are asked for so: that is tried first. */
function isNamed(name: string): (field: Field) => boolean {
  const key = name.toLowerCase();
  return (field) => field.name === name || (field.name.length === name.length && field.name.toLowerCase() === key);
}
