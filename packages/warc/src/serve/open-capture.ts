import type { RandomAccess } from "../bytes/input.ts";
import type { Indexed } from "../cdx/indexed.ts";
import { codingsOf, isChunked } from "../http/codings.ts";
import { type HttpMessage, openMessage } from "../http/message.ts";
import { messageKind } from "../http/message-kind.ts";
import type { HttpHead } from "../http/parse-http-head.ts";
import { detailsOf } from "./find-capture.ts";
import { readFrom } from "./record-place.ts";

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
  const { nth } = detailsOf(capture);
  const records = readFrom(file, { offset: capture.offset ?? 0, nth: Number(nth) });
  const { value: found } = await records.next();
  if (!found || found.place.offset !== capture.offset) {
    await records.return();
    return undefined;
  }
  const { record } = found;
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
