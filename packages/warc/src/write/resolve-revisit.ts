import { startHash } from "#hash";
import { spool } from "#spool";
import { digestAlgorithm, formatDigest } from "../digest/labelled-digest.ts";
import type { Finding } from "../finding.ts";
import { checkDecoded } from "../http/check-decoded.ts";
import { DigestPass } from "../http/digest-pass.ts";
import { GrowingBytes } from "../http/growing-bytes.ts";
import { type HttpMessage, openMessage } from "../http/message.ts";
import { messageKind } from "../http/message-kind.ts";
import type { PayloadCheck } from "../http/payload-check.ts";
import { parseHead } from "../read/parse-head.ts";
import type { ArchiveRecord } from "../read/record.ts";
import { editHead } from "./head.ts";
import { mergeIdentical, mergeNotModified } from "./merge-http-head.ts";
import type { WritableRecord } from "./record-bytes.ts";
import { type Reference, referenceOf } from "./revisit-reference.ts";

/** Finds the record that a revisit refers to, open to be read; undefined where there is none. It may be a revisit too, which is followed. */
export type FindOriginal = (reference: Reference) => Promise<ArchiveRecord | undefined>;

/** Findings are about the revisit. A record that was made is to be disposed of. */
export type ResolvedRevisit =
  | { readonly kind: "resolved"; readonly record: RevisitedRecord; readonly findings: readonly Finding[] }
  | { readonly kind: "unresolved"; readonly findings: readonly Finding[] };

export interface RevisitedRecord extends WritableRecord, AsyncDisposable, Pick<ArchiveRecord, "id" | "type" | "targetUri" | "fields"> {
  readonly contentLength: number;
}

/** Revisits that are followed: of records in a ring there is no end. */
const mostHops = 8;

/**
 * Makes of a revisit (ISO 28500:2017 6.7) the record that would have been written had its payload been stored again: the header of the
 * revisit, its HTTP head, and the body of the original. Where the server said "not modified" the HTTP head is that of the original, with the
 * newer fields in it. Whether the payload is the one that the revisit means is told by its digest. Both blocks are read; the new one is put
 * aside, beyond 1 MiB in a temporary file. Throws what the look-up and the inputs throw.
 */
export async function resolveRevisit(revisit: ArchiveRecord, find: FindOriginal): Promise<ResolvedRevisit> {
  const reference = referenceOf(revisit);
  const findings: Finding[] = [];
  const note = (finding: Omit<Finding, "record" | "offset" | "plainOffset">) => {
    const { number: record, offset, plainOffset } = revisit;
    findings.push({ ...finding, record, offset, plainOffset });
  };
  if (reference.profile === "other") note(unknownProfile(revisit));
  // Read first: the look-up may go on in the same file.
  const own = await splitMessage(revisit);
  const original = await follow(reference, find);
  if (!original) {
    note(notFound(reference));
    return { kind: "unresolved", findings };
  }
  const { record, payload } = await merge(revisit, own, original, reference);
  if (payload.result === "bad") note(otherPayload(payload));
  return { kind: "resolved", record, findings };
}

async function follow(reference: Reference, find: FindOriginal): Promise<ArchiveRecord | undefined> {
  let wanted = reference;
  for (let hops = 0; hops < mostHops; hops++) {
    const found = await find(wanted);
    if (found?.type?.toLowerCase() !== "revisit") return found;
    wanted = referenceOf(found);
  }
  return undefined;
}

interface Split {
  /** With its blank line; empty where the block is no HTTP message. */
  readonly head: Uint8Array;
  readonly body: AsyncIterable<Uint8Array>;
}

/** `watch` is told of every piece of the block, as it is read. */
async function splitMessage(record: ArchiveRecord, watch: (piece: Uint8Array) => void = () => undefined): Promise<Split> {
  const begun = new GrowingBytes();
  let message: HttpMessage | undefined;
  const watched = (async function* () {
    for await (const piece of record.block) {
      watch(piece);
      if (!message) begun.add(piece);
      yield piece;
    }
  })();
  const kind = messageKind(record);
  if (!kind) return { head: new Uint8Array(0), body: watched };
  message = await openMessage(watched, kind);
  return { head: begun.bytes.slice(0, message.bodyAt), body: message.raw() };
}

async function merge(revisit: ArchiveRecord, own: Split, original: ArchiveRecord, reference: Reference) {
  const kind = messageKind(original);
  const pass = new DigestPass({ block: undefined, payload: reference.payloadDigest, message: kind, isElsewhere: false });
  const { head: stored, body } = await splitMessage(original, (piece) => pass.write(piece));
  const http = mergeHttp(own.head, stored, reference);
  const algorithm = digestAlgorithm(revisit.fields.get("WARC-Block-Digest")) ?? "sha1";
  const hash = startHash(algorithm);
  const block = await spool(hashed(http, body, hash.update.bind(hash)));
  const checks = pass.end();
  const head = editHead(revisit, {
    "WARC-Type": original.format === "arc" ? (kind ? "response" : "resource") : (singleLine(original.type) ?? "response"),
    "WARC-Profile": undefined,
    "WARC-Refers-To": undefined,
    "WARC-Refers-To-Target-URI": undefined,
    "WARC-Refers-To-Date": undefined,
    "WARC-Truncated": singleLine(original.fields.get("WARC-Truncated")),
    "WARC-Block-Digest": formatDigest(algorithm, hash.digest()),
    "Content-Type": kind ? `application/http;msgtype=${kind}` : singleLine(original.contentType),
    "Content-Length": String(block.length),
  });
  const { fields } = parseHead(head);
  const { id, targetUri } = revisit;
  const record: RevisitedRecord = {
    format: "warc",
    id,
    type: fields.get("WARC-Type"),
    targetUri,
    head,
    fields,
    contentLength: block.length,
    block: block.bytes,
    [Symbol.asyncDispose]: () => block[Symbol.asyncDispose](),
  };
  return { record, payload: pass.coded ? await checkDecoded(checks.payload, pass.coded) : checks.payload };
}

function mergeHttp(own: Uint8Array, stored: Uint8Array, { profile }: Reference): Uint8Array {
  if (own.length === 0 || stored.length === 0) return stored;
  return profile === "server-not-modified" ? mergeNotModified(own, stored) : mergeIdentical(own, stored);
}

async function* hashed(head: Uint8Array, body: AsyncIterable<Uint8Array>, update: (piece: Uint8Array) => void): AsyncGenerator<Uint8Array> {
  update(head);
  yield head;
  for await (const piece of body) {
    update(piece);
    yield piece;
  }
}

/** A value with a control character in it, which some header has, would end its line. */
function singleLine(value: string | undefined): string | undefined {
  return value?.replace(/[\x00-\x08\x0a-\x1f\x7f]/g, " ");
}

function unknownProfile({ fields }: ArchiveRecord) {
  const message = `WARC-Profile is ${JSON.stringify(fields.get("WARC-Profile") ?? "")}, expected one of the two of the standard`;
  return {
    code: "REVISIT_UNKNOWN_PROFILE",
    severity: "warning",
    message,
    clause: "5.18",
    done: "took the payload to be the same",
  } as const;
}

function notFound({ id, targetUri, date }: Reference) {
  const what = [id, targetUri, date].filter((each) => each !== undefined).join(", ");
  const message = `The record that the revisit refers to is not there, or refers to others without end: ${what}`;
  return { code: "REVISIT_NOT_FOUND", severity: "error", message, clause: "6.7", done: "left the revisit as it is" } as const;
}

function otherPayload({ computed, expected }: Extract<PayloadCheck, { readonly result: "bad" }>) {
  const message = `The payload that was found has ${computed}, expected ${expected}`;
  return { code: "REVISIT_OTHER_PAYLOAD", severity: "error", message, clause: "6.7.2", done: "took it all the same" } as const;
}
