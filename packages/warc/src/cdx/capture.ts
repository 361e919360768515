import { startHash } from "#hash";
import { formatDigest } from "../digest/labelled-digest.ts";
import type { HttpFields } from "../http/http-fields.ts";
import { type HttpMessage, openMessage } from "../http/message.ts";
import { messageKind } from "../http/message-kind.ts";
import type { ArchiveRecord, Extent } from "../read/record.ts";
import { type KeyedRequest, mostBody } from "../urlkey/request.ts";

/** What an index takes from one record. Nothing of its block is held but the start of a request's body. */
export interface Capture {
  readonly record: ArchiveRecord;
  readonly extent: Extent;
  readonly status: number | undefined;
  /** Of the payload: what the HTTP message says, else the record. */
  readonly mime: string | undefined;
  /** As declared, else computed where the record holds a payload of its own. */
  readonly digest: string | undefined;
  readonly http: HttpFields | undefined;
  /** Where the record is a request. */
  readonly request: KeyedRequest | undefined;
}

/** Reads a record to its end for the sake of an index. */
export async function readCapture(record: ArchiveRecord): Promise<Capture> {
  const kind = messageKind(record);
  const message = kind && (await openMessage(record.block, kind));
  const head = message?.head;
  const request = head?.kind === "request" ? await readRequest(head.method, head.fields, message) : undefined;
  const digest = record.fields.get("WARC-Payload-Digest") || (await digestOf(record, message));
  return {
    record,
    extent: await record.end(),
    status: head?.kind === "response" ? head.status : undefined,
    mime: mimeOf(record, head?.fields),
    digest,
    http: head?.fields,
    request,
  };
}

async function readRequest(method: string, fields: HttpFields, message: HttpMessage | undefined): Promise<KeyedRequest> {
  const body = new Uint8Array(mostBody);
  let length = 0;
  if (message)
    for await (const piece of message.decoded()) {
      const part = piece.subarray(0, mostBody - length);
      body.set(part, length);
      length += part.length;
      if (length === mostBody) break;
    }
  return { method, contentType: fields.get("Content-Type") ?? "", body: body.subarray(0, length) };
}

/** Records whose payload is in them, and is what others would find by its digest. */
const ownPayload: ReadonlySet<string | undefined> = new Set(["response", "resource", "conversion", "arc"]);

async function digestOf(record: ArchiveRecord, message: HttpMessage | undefined): Promise<string | undefined> {
  if (!ownPayload.has(record.type)) return undefined;
  const hash = startHash("sha1");
  for await (const piece of message ? message.entity() : record.block) hash.update(piece);
  return formatDigest("sha1", hash.digest());
}

function mimeOf(record: ArchiveRecord, http: HttpFields | undefined): string | undefined {
  if (record.type === "revisit") return "warc/revisit";
  const contentType = http ? http.get("Content-Type") : messageKind(record) === undefined ? record.contentType : undefined;
  // Blanks would end the field of a CDX line.
  return contentType?.split(";", 1)[0]?.trim().replace(/\s.*$/s, "") || undefined;
}
