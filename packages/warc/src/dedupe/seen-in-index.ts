import type { Indexed } from "../cdx/indexed.ts";
import { legendOf, lookUp } from "../cdx/look-up.ts";
import type { SortedLines } from "../cdx/sorted-file.ts";
import { keyOfDigest } from "./digest-line.ts";
import type { Candidate, Earlier, Seen } from "./seen.ts";

/** Captures of one URL that are looked through. */
const mostLookedThrough = 10_000;

/** The captures of a sorted CDX or CDXJ index: of the same URL, since that is what it is sorted by. */
export function seenInIndex(index: SortedLines): Seen {
  return {
    async find(candidates) {
      const legend = await legendOf(index);
      const found: (Earlier | undefined)[] = [];
      for (const candidate of candidates) found.push(await findOne(lookUp(index, candidate.url, legend && { legend }), candidate));
      return found;
    },
  };
}

/** The first capture of the candidate's payload; itself stored, and no revisit. */
export async function findOne(captures: AsyncIterable<Indexed> | Iterable<Indexed>, candidate: Candidate): Promise<Earlier | undefined> {
  let left = mostLookedThrough;
  for await (const capture of captures) {
    if (isSame(capture, candidate)) return { url: capture.url ?? candidate.url, date: dateOfTimestamp(capture.timestamp) };
    if (--left === 0) return undefined;
  }
  return undefined;
}

function isSame({ digest, mime, timestamp }: Indexed, candidate: Candidate): boolean {
  if (digest === undefined || mime === "warc/revisit" || !/^\d{14}/.test(timestamp)) return false;
  const known = keyOfDigest(digest.includes(":") ? digest : `sha1:${digest}`)?.key;
  return known !== undefined && keysOf(candidate).includes(known);
}

function keysOf({ digest, transferDigest }: Candidate): readonly (string | undefined)[] {
  return [digest, transferDigest].map((one) => one && keyOfDigest(one)?.key);
}

/** `20170306040206` as WARC-Date has it. */
export function dateOfTimestamp(timestamp: string): string {
  return timestamp.replace(/^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d).*$/, "$1-$2-$3T$4:$5:$6Z");
}
