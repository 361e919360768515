import type { ArchiveRecord } from "../read/record.ts";
import { openMessage } from "./message.ts";
import { messageKind } from "./message-kind.ts";
import type { HttpHead } from "./parse-http-head.ts";

/** What a record holds, as a reader wants it. */
export interface Payload {
  /** Of the HTTP message in the block, where there is one. */
  readonly head: HttpHead | undefined;
  /** Of the body: what the HTTP message says, else the record (ISO 28500:2017 5.6). */
  readonly contentType: string | undefined;
  /** The same in lower case and without parameters. */
  readonly mime: string | undefined;
  /** The body of the HTTP message with all codings removed, else the block. It can be read once. */
  readonly body: AsyncIterable<Uint8Array>;
}

/** Records whose payload is what was fetched or made, and is in them (6.3, 6.4, 6.8). */
const withPayload: ReadonlySet<string | undefined> = new Set(["response", "resource", "conversion", "arc"]);

/** Opens what was fetched; undefined for records of other types. */
export async function openPayload(record: ArchiveRecord): Promise<Payload | undefined> {
  if (!withPayload.has(record.type)) return undefined;
  const kind = messageKind(record);
  const message = kind && (await openMessage(record.block, kind));
  const contentType = message ? message.head?.fields.get("Content-Type") : record.contentType;
  const mime = contentType?.split(";", 1)[0]?.trim().toLowerCase();
  return { head: message?.head, contentType, mime, body: message ? message.decoded() : record.block };
}
