import { spool } from "#spool";
import { type Input, readChunks } from "../bytes/input.ts";
import type { Algorithm } from "../digest/algorithm.ts";
import { messageKind } from "../http/message-kind.ts";
import { type Field, Fields } from "../read/fields.ts";
import { formatHead, type NamedValue, type Version } from "./head.ts";
import type { NewRecord } from "./new-record.ts";
import type { WritableRecord } from "./record-bytes.ts";
import { RecordDigests, type WrittenDigests } from "./record-digests.ts";
import { contentTypeOf, fieldsOfRecord, newId } from "./record-fields.ts";
import type { Spooled } from "./spool.ts";

export interface BuildOptions {
  /** 1.1 unless told. */
  readonly version?: Version;
  /** By which block and payload are digested; `sha1` unless told, which every index and replay knows. */
  readonly digest?: Algorithm;
}

/** A record that has been made, and is to be written. Disposing of it frees the room that a streamed block takes. */
export interface BuiltRecord extends WritableRecord, AsyncDisposable {
  readonly format: "warc";
  readonly version: Version;
  readonly type: NewRecord["type"];
  readonly id: string;
  readonly fields: Fields;
  readonly contentLength: number;
}

/**
 * Makes a record: gives it its id, Content-Length and digests (ISO 28500:2017 5). Throws `BAD_FIELD` where a value has not the form that the
 * standard gives it, `BAD_FIELD_NAME` and `CONTROL_CHARACTER`, in a browser `STREAM_TOO_LONG`, and what the block's stream throws.
 */
export async function buildRecord(record: NewRecord, { version = "1.1", digest = "sha1" }: BuildOptions = {}): Promise<BuiltRecord> {
  const id = record.id ?? newId();
  const given = fieldsOfRecord({ ...record, id }, version);
  const message = messageKind({
    type: record.type,
    contentType: contentTypeOf(record),
    targetUri: "targetUri" in record ? record.targetUri : undefined,
  });
  const digests = new RecordDigests(digest, message);
  const block = await takeBlock(record.block, digests);
  const all = [...given, ...digestFields(record.type, digests.end()), ["Content-Length", String(block.length)] as const];
  return {
    format: "warc",
    version,
    type: record.type,
    id,
    head: formatHead(version, all),
    fields: new Fields(all.map(toField)),
    contentLength: block.length,
    block: block.bytes,
    [Symbol.asyncDispose]: () => block[Symbol.asyncDispose](),
  };
}

async function takeBlock(block: Input, digests: RecordDigests): Promise<Spooled> {
  if (block instanceof Uint8Array) {
    digests.write(block);
    return { length: block.length, bytes: block, [Symbol.asyncDispose]: async () => undefined };
  }
  return spool(digested(readChunks(block, 0), digests));
}

async function* digested(pieces: AsyncIterable<Uint8Array>, digests: RecordDigests): AsyncGenerator<Uint8Array, void> {
  for await (const piece of pieces) {
    digests.write(piece);
    yield piece;
  }
}

/** Of a revisit and a continuation the payload lies elsewhere, and its digest is given; warcinfo and metadata have none (5.9). */
function digestFields(type: NewRecord["type"], { block, payload }: WrittenDigests): NamedValue[] {
  const hasPayload = type === "response" || type === "resource" || type === "request" || type === "conversion";
  return [["WARC-Block-Digest", block], ...(hasPayload ? [["WARC-Payload-Digest", payload] as const] : [])];
}

function toField([name, value]: NamedValue, index: number): Field {
  return { name, value, line: index + 2 };
}
