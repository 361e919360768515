import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { gunzipSync, zstdDecompressSync } from "node:zlib";
import { sample, withoutSamples } from "../../test/samples.ts";
import { checkDigests, checkDigestsNow } from "./check-digests.ts";
import type { DeclaredDigests, DigestChecks } from "./digest-pass.ts";
import { openMessage } from "./message.ts";
import { messageKind } from "./message-kind.ts";

interface TrueRecord {
  readonly offset?: number;
  readonly uOffset?: number;
  readonly headLength: number;
  readonly contentLength: number;
  readonly type?: string;
  readonly uri?: string;
  readonly contentType?: string;
  readonly blockDigest?: string;
  readonly blockDigestOk?: boolean;
  readonly payloadDigest?: string;
  readonly payloadDigestMatches?: string;
  readonly http?: {
    readonly status?: number;
    readonly rawBodyLength?: number;
    readonly entityLength?: number;
    readonly decodedLength?: number;
    readonly chunkError?: string;
    readonly decodeError?: string;
  };
}

interface Truth {
  readonly kind: string;
  readonly compression: string;
  readonly errors?: readonly { readonly code: string }[];
  readonly index?: readonly TrueRecord[];
}

describe("what is in every sample is found as an independent walker found it", { skip: withoutSamples }, () => {
  if (withoutSamples) return;
  const truths: Record<string, Truth> = JSON.parse(sample("ground-truth.json").toString());
  const checked = { digests: 0, bodies: 0 };
  for (const [path, truth] of Object.entries(truths)) {
    const records = truth.kind === "warc" ? (truth.index ?? []) : [];
    const bytes = records.length > 0 && unpack(path, truth);
    if (!bytes) continue;
    test(path, async () => {
      for (const record of records) {
        const start = (record.uOffset ?? record.offset ?? 0) + record.headLength;
        const block = bytes.subarray(start, start + record.contentLength);
        if (record.blockDigest || record.payloadDigest) checked.digests += await compareDigests(record, block);
        if (record.http) checked.bodies += await compareBodies(record, block);
      }
    });
  }
  test("and there were many", () => assert.ok(checked.digests > 1000 && checked.bodies > 1000, JSON.stringify(checked)));
});

async function compareDigests(record: TrueRecord, block: Uint8Array): Promise<number> {
  const declared = declaredBy(record);
  const now = await checkDigestsNow(block, declared);
  const where = JSON.stringify([record, now]);
  if (record.blockDigestOk !== undefined) assert.equal(now.block.result, record.blockDigestOk ? "ok" : "bad", where);
  if (record.payloadDigestMatches !== undefined && !declared.isElsewhere) assert.equal(matchOf(now), record.payloadDigestMatches, where);
  assert.deepEqual(await checkDigests(pieces(block, 1000), declared), now, where);
  return 1;
}

async function compareBodies(record: TrueRecord, block: Uint8Array): Promise<number> {
  const { http = {} } = record;
  const kind = messageKind({ type: record.type, contentType: record.contentType, targetUri: record.uri });
  assert.ok(kind);
  const open = () => openMessage(pieces(block, 1000), kind);
  const message = await open();
  const where = JSON.stringify(record);
  if (http.status !== undefined) assert.equal(message.head?.kind === "response" && message.head.status, http.status, where);
  if (http.rawBodyLength !== undefined) assert.equal(await lengthOf(message.raw()), http.rawBodyLength, where);
  if (http.chunkError) return 1;
  if (http.entityLength !== undefined) assert.equal(await lengthOf((await open()).entity()), http.entityLength, where);
  const decoded = await open();
  const decodedLength = await lengthOf(decoded.decoded());
  if (http.decodedLength !== undefined) assert.equal(decodedLength, http.decodedLength, where);
  if (http.decodeError) assert.notDeepEqual(decoded.findings, [], where);
  return 1;
}

async function lengthOf(source: AsyncIterable<Uint8Array>): Promise<number> {
  let length = 0;
  for await (const piece of source) length += piece.length;
  return length;
}

function declaredBy(record: TrueRecord): DeclaredDigests {
  const description = { type: record.type, contentType: record.contentType, targetUri: record.uri };
  const isElsewhere = record.type === "revisit" || record.type === "continuation";
  return { block: record.blockDigest, payload: record.payloadDigest, message: messageKind(description), isElsewhere };
}

function matchOf({ payload }: DigestChecks): string {
  if (payload.result === "ok") return payload.convention;
  return payload.result === "bad" ? "none" : payload.result;
}

/** The plain bytes; undefined for the few that need more than the platform's own reader: a dictionary, or damage. */
function unpack(path: string, { compression, errors = [] }: Truth): Uint8Array | undefined {
  const bytes = sample(path);
  if (compression === "none") return bytes;
  if (errors.length > 0 || path.includes("dict")) return undefined;
  return compression === "gzip" ? gunzipSync(bytes) : zstdDecompressSync(bytes);
}

async function* pieces(bytes: Uint8Array, size: number) {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}
