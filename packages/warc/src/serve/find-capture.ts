import type { Indexed } from "../cdx/indexed.ts";
import { lookUp, lookUpNearest } from "../cdx/look-up.ts";
import type { SortedLines } from "../cdx/sorted-file.ts";
import { urlKey } from "../urlkey/surt.ts";
import type { CaptureDetails } from "./capture.ts";
import { dateOf } from "./memento.ts";

/** Captures of one URL that are looked through where the nearest is of no use. */
const mostLookedThrough = 10_000;

/** The capture that answers for a URL at a time of 4 to 14 digits: the nearest that leads somewhere. */
export async function findCapture(index: SortedLines, url: string, timestamp: string): Promise<Indexed | undefined> {
  const nearest = await lookUpNearest(index, url, timestamp);
  if (!nearest || isUseful(nearest)) return nearest;
  const wanted = dateOf(timestamp.padEnd(14, "0")).getTime();
  let best: Indexed | undefined;
  let distance = Number.POSITIVE_INFINITY;
  for await (const capture of some(index, url)) {
    const away = Math.abs(dateOf(capture.timestamp).getTime() - wanted);
    if (!isUseful(capture) || away >= distance) continue;
    best = capture;
    distance = away;
  }
  return best ?? nearest;
}

/** The record that a revisit stands for (ISO 28500:2017 6.7.2); undefined where it is not in the index. */
export async function findOriginal(index: SortedLines, revisit: Indexed): Promise<Indexed | undefined> {
  const { refersToUrl, refersToDate } = detailsOf(revisit);
  const url = refersToUrl ?? revisit.url ?? "";
  const named = refersToDate === undefined ? undefined : await lookUpNearest(index, url, refersToDate);
  // What it names goes before its digest, which is not always taken in the same way.
  if (named && named.timestamp === refersToDate && detailsOf(named).revisit === undefined) return named;
  for await (const capture of some(index, url)) if (revisit.digest !== undefined && isOriginal(capture, revisit)) return capture;
  return undefined;
}

export function detailsOf({ others = {} }: Indexed): CaptureDetails {
  const text = (name: string) => (typeof others[name] === "string" ? { [name]: others[name] } : {});
  return { nth: "0", ...text("nth"), ...text("title"), ...text("revisit"), ...text("refersToUrl"), ...text("refersToDate") };
}

function isOriginal(capture: Indexed, revisit: Indexed): boolean {
  return (
    detailsOf(capture).revisit === undefined &&
    (revisit.digest === undefined || capture.digest === undefined || capture.digest === revisit.digest)
  );
}

/** Not of use: what says that nothing has changed, and what leads to where it is itself, such as from http to https, for both have one key. */
function isUseful(capture: Indexed): boolean {
  if (detailsOf(capture).revisit !== undefined) return true;
  return capture.status !== 304 && (capture.redirect === undefined || urlKey(capture.redirect) !== capture.urlkey);
}

async function* some(index: SortedLines, url: string): AsyncGenerator<Indexed> {
  let left = mostLookedThrough;
  for await (const capture of lookUp(index, url)) {
    yield capture;
    if (--left === 0) return;
  }
}
