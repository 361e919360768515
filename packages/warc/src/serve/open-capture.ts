import type { RandomAccess } from "../bytes/input.ts";
import type { Indexed } from "../cdx/indexed.ts";
import { codingsOf, isChunked } from "../http/codings.ts";
import { type HttpMessage, openMessage } from "../http/message.ts";
import { messageKind } from "../http/message-kind.ts";
import type { HttpHead } from "../http/parse-http-head.ts";
import { readRecords } from "../read/read-records.ts";
import { detailsOf } from "./find-capture.ts";

/** A capture whose body is about to be read, once and in one form. */
export interface OpenCapture extends AsyncDisposable {
  /** Undefined where the record is no HTTP message: its block is the body. */
  readonly head: HttpHead | undefined;
  /** Of the record's block, where that is no HTTP message. */
  readonly contentType: string | undefined;
  /** Bytes of the body, undefined where it is coded or in chunks. */
  readonly size: number | undefined;
  readonly message: Pick<HttpMessage, "entity" | "decoded">;
}

/** Opens the record of a capture. Undefined where the archive has changed since it was indexed: there is no such record. */
export async function openCapture(file: RandomAccess, capture: Indexed): Promise<OpenCapture | undefined> {
  let toPass = Number(detailsOf(capture).nth);
  const records = readRecords(file, { offset: capture.offset ?? 0 });
  for (let next = await records.next(); !next.done; next = await records.next()) {
    const record = next.value;
    if (record.offset !== capture.offset) break;
    if (toPass-- > 0) continue;
    const kind = messageKind(record);
    const message = kind && (await openMessage(record.block, kind));
    const fields = message?.head?.fields;
    const isPlain = !fields || (!isChunked(fields) && codingsOf(fields).length === 0);
    return {
      head: message?.head,
      contentType: kind ? fields?.get("Content-Type") : record.contentType,
      size: isPlain && record.contentLength !== undefined ? record.contentLength - (message?.bodyAt ?? 0) : undefined,
      message: message ?? { entity: () => record.block, decoded: () => record.block },
      [Symbol.asyncDispose]: async () => void (await records.return()),
    };
  }
  await records.return();
  return undefined;
}
