import type { RandomAccess } from "../bytes/input.ts";
import { accessPart } from "../bytes/part.ts";
import { WarcError } from "../error.ts";
import { openMessage } from "../http/message.ts";
import { messageKind } from "../http/message-kind.ts";
import { readRecords } from "../read/read-records.ts";
import type { ArchiveRecord } from "../read/record.ts";
import { readTitle } from "../serve/title.ts";
import type { Capture } from "./index-archive.ts";
import type { Page } from "./page.ts";

/** The page that a capture is, with its title: HTML that was answered with 200, or that is a resource. Undefined where it is none. */
export async function findPage(input: RandomAccess, capture: Capture): Promise<Page | undefined> {
  const { url, timestamp, mime, status = 200, offset, length } = capture;
  if (status !== 200 || (mime !== "text/html" && mime !== "application/xhtml+xml")) return undefined;
  for await (const record of readRecords(accessPart(input, 0, offset + length), { offset })) {
    const title = await titleOf(record);
    return { url, ts: timeOf(timestamp), ...(title && { title }) };
  }
  return undefined;
}

/** RFC 3339 for the time of an index. */
export function timeOf(timestamp: string): string {
  return timestamp.replace(/^(....)(..)(..)(..)(..)(..).*$/, "$1-$2-$3T$4:$5:$6Z");
}

async function titleOf(record: ArchiveRecord): Promise<string | undefined> {
  try {
    const kind = messageKind(record);
    const message = kind && (await openMessage(record.block, kind));
    return await readTitle(message?.decoded() ?? record.block, message ? message.head?.fields.get("Content-Type") : record.contentType);
  } catch (error) {
    // A page whose coding cannot be removed here goes without a title.
    if (error instanceof WarcError && error.code === "NO_DECOMPRESSION") return undefined;
    throw error;
  }
}
