import { decodeLatin1 } from "./latin1.ts";

/**
 * The line that heads an ARC record as a value of ARC-Header-Line: a JSON string, in which every byte that is no printable ASCII is escaped as
 * the Latin-1 character that it would be. So `JSON.parse` has every byte back, white space at the ends and a stray CR too; not the LF behind it.
 */
export function formatArcLine(head: Uint8Array): string {
  const line = decodeLatin1(head).replace(/\n$/, "");
  return JSON.stringify(line).replace(/[^\x20-\x7e]/g, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
