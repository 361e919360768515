import { firstBytes } from "../dedupe/revisit.ts";
import type { Seen } from "../dedupe/seen.ts";
import { buildRecord } from "../write/build-record.ts";
import type { NewRecord } from "../write/new-record.ts";
import { newId } from "../write/record-fields.ts";
import type { WarcWriter } from "../write/warc-writer.ts";
import type { Exchange } from "./node/exchange.ts";

/** What was written of an exchange. */
export interface Recorded {
  readonly type: "response" | "revisit";
  /** Bytes of the response as it came. */
  readonly length: number;
}

/**
 * Writes an exchange as two records that name each other (ISO 28500:2017 5.7, 6.3, 6.5): the response, or a revisit (6.7.2) where its payload has
 * been seen, and the request.
 */
export async function recordExchange(writer: WarcWriter, exchange: Exchange, seen: Seen | undefined): Promise<Recorded> {
  const { url, date, ipAddress, request, response, truncated } = exchange;
  const [responseId, requestId] = [newId(), newId()];
  const both = { date, targetUri: url.href, ...(ipAddress !== undefined && { ipAddress }) };
  const whole: NewRecord = {
    ...both,
    type: "response",
    id: responseId,
    concurrentTo: requestId,
    block: response.bytes,
    ...(truncated && { truncated }),
  };
  const revisit = seen && !truncated ? await revisitOf(whole, exchange, seen) : undefined;
  await writer.append(revisit ?? whole);
  await writer.append({ ...both, type: "request", id: requestId, concurrentTo: responseId, block: request });
  return { type: revisit ? "revisit" : "response", length: response.length };
}

/** The record to be written instead, where an earlier capture has the same payload. */
async function revisitOf(
  whole: NewRecord & { readonly type: "response" },
  { bodyAt, response }: Exchange,
  seen: Seen,
): Promise<NewRecord | undefined> {
  await using built = await buildRecord(whole);
  const payloadDigest = built.fields.get("WARC-Payload-Digest");
  if (payloadDigest === undefined || response.length === bodyAt) return undefined;
  const [earlier] = await seen.find([{ url: whole.targetUri, digest: payloadDigest }]);
  if (!earlier) return undefined;
  return {
    ...whole,
    type: "revisit",
    profile: "identical-payload-digest",
    payloadDigest,
    refersToTargetUri: earlier.url,
    refersToDate: earlier.date,
    block: response.bytes instanceof Uint8Array ? response.bytes.slice(0, bodyAt) : await firstBytes(response.bytes, bodyAt),
  };
}
