import type { RandomAccess } from "../bytes/input.ts";
import { accessPart } from "../bytes/part.ts";
import { WarcError } from "../error.ts";
import { openPayload } from "../http/payload.ts";
import { readRecords } from "../read/read-records.ts";
import type { ArchiveRecord } from "../read/record.ts";
import { openPageText } from "../text/page-text.ts";
import type { Capture } from "./index-archive.ts";
import type { Page } from "./page.ts";

/**
 * The page that a capture is, with its title: HTML that was answered with 200, or that is a resource. Undefined where it is none. With `text`
 * also what a reader sees of it, for players to search in, as far as that goes in its first 4 MiB.
 */
export async function findPage(input: RandomAccess, capture: Capture, { text }: { readonly text: boolean }): Promise<Page | undefined> {
  const { url, timestamp, mime, status = 200, offset, length } = capture;
  if (status !== 200 || (mime !== "text/html" && mime !== "application/xhtml+xml")) return undefined;
  for await (const record of readRecords(accessPart(input, 0, offset + length), { offset })) {
    const seen = await readPage(record, text);
    return { url, ts: timeOf(timestamp), ...seen };
  }
  return undefined;
}

/** RFC 3339 for the time of an index. */
export function timeOf(timestamp: string): string {
  return timestamp.replace(/^(....)(..)(..)(..)(..)(..).*$/, "$1-$2-$3T$4:$5:$6Z");
}

/** Bytes of a page that are looked at. A title that stands further behind is none that anybody has seen. */
const mostRead = 1 << 22;

async function readPage(record: ArchiveRecord, withText: boolean): Promise<Pick<Page, "title" | "text">> {
  const payload = await openPayload(record);
  const page = payload && (await openPageText({ ...payload, body: start(payload.body) }));
  if (!page) return {};
  const lines: string[] = [];
  for await (const line of page.lines) {
    // Whatever is seen comes behind the title.
    if (!withText) break;
    lines.push(line);
  }
  return { ...(page.title && { title: page.title }), ...(withText && { text: lines.join("\n") }) };
}

async function* start(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let left = mostRead;
  try {
    for await (const bytes of body) {
      yield bytes.subarray(0, left);
      left -= bytes.length;
      if (left <= 0) return;
    }
  } catch (error) {
    // Of a page whose coding cannot be removed here nothing is seen.
    if (!(error instanceof WarcError && error.code === "NO_DECOMPRESSION")) throw error;
  }
}
