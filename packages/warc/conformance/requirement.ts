import type { Part } from "./parts.ts";

/** Something that a standard requires of a file or of its reader, and files that keep to it or do not. */
export interface Requirement {
  /** Of ISO 28500:2017, or of another standard by its name. */
  readonly clause: string;
  /** In words of our own. */
  readonly says: string;
  readonly cases: readonly Case[];
}

export interface Case {
  /** Of its file, without what is behind the dot. */
  readonly name: string;
  /** How it is made: what is unlike a sound file. */
  readonly made: string;
  readonly parts: readonly Part[];
  /** None where the file is sound. */
  readonly finds: readonly Expected[];
}

/** A finding, and where it is to be found. */
export interface Expected {
  readonly code: string;
  /** The record that it is about, by its number among those that are found; null where it is about none. */
  readonly record: number | null;
  /** Where it is, unless that is the record's place: a part by its number, the end of the file, or a text in the record's block. */
  readonly at?: { readonly part: number } | "end" | { readonly block: string };
}

/** Findings about one record, by their codes. */
export const of = (record: number, ...codes: readonly string[]): Expected[] => codes.map((code) => ({ code, record }));

/** A finding about what lies between records, at the start of a part. */
export const between = (code: string, part: number): Expected => ({ code, record: null, at: { part } });

/** A finding about an HTTP message in the first record, at the first place of a text in its block. */
export const inBlock = (code: string, text: string): Expected => ({ code, record: 0, at: { block: text } });
