import type { Failure } from "../error.ts";
import type { Labels } from "./machine.ts";

interface Failed {
  readonly machine: string;
  readonly state: string;
  readonly key: string;
  readonly labels: Labels;
}

/** The cause that a stuck instance is paged under: one page for all of the machine that are stuck in the state by the same error. */
export function stuckCause({ machine, state, key, labels }: Failed, { code, message }: Failure): string {
  return `stuck:${machine}:${state}:${code}:${fingerprint(message, [key, ...Object.values(labels)])}`;
}

/** Eight hexadecimal digits that are the same for messages which differ only in these names, in numbers, in ids and in what is quoted. */
export function fingerprint(message: string, names: readonly string[]): string {
  return hash(
    withoutNames(message, names)
      .replaceAll(/"[^"]*"|`[^`]*`|“[^”]*”|(?<!\w)'[^']*'(?!\w)/g, "…")
      // Addresses, instants, paths, ids and amounts: whatever holds a digit.
      .replaceAll(/[\w.:@/%+-]*\d[\w.:@/%+-]*/g, "…")
      .replaceAll(/\s+/g, " "),
  );
}

function withoutNames(message: string, names: readonly string[]): string {
  return names
    .filter((name) => name !== "")
    .toSorted((a, b) => b.length - a.length)
    .reduce((text, name) => text.split(name).reduce(joinedAt(name)), message);
}

/** Puts `…` where the name stood as a word, and the name back where it was a part of one. */
function joinedAt(name: string): (before: string, after: string) => string {
  return (before, after) => {
    const isWord = !(/\w$/.test(before) && /^\w/.test(name)) && !(/^\w/.test(after) && /\w$/.test(name));
    return before + (isWord ? "…" : name) + after;
  };
}

/** FNV-1a, 32 bits: it tells a few messages of one state apart, and needs no module. */
function hash(text: string): string {
  let sum = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) sum = Math.imul(sum ^ text.charCodeAt(index), 0x01000193);
  return (sum >>> 0).toString(16).padStart(8, "0");
}
