import type { BlockFinding } from "./block-finding.ts";
import { codingsOf, isChunked } from "./codings.ts";
import { Dechunker } from "./dechunker.ts";
import { decodeContent } from "./decode-content.ts";
import { HeadReader, type ReadHead } from "./head-reader.ts";
import { HttpFaults } from "./http-fault.ts";
import type { HttpHead } from "./parse-http-head.ts";

/** The HTTP message in a block. Its body is read as it is asked for, once, in one of three forms; `head` and `bodyAt` are there at once. */
export interface HttpMessage {
  /** Undefined where the block begins with none; its body is then the whole block. */
  readonly head: HttpHead | undefined;
  /** Bytes from the start of the block to the body. */
  readonly bodyAt: number;
  /** What has been found so far; complete once the body has been read to its end. */
  readonly findings: readonly BlockFinding[];
  /** The body as it stands in the block. */
  raw(): AsyncIterable<Uint8Array>;
  /** The body with its chunks removed (RFC 9112 7.1): what the standard means by the payload. */
  entity(): AsyncIterable<Uint8Array>;
  /** The body as a reader wants it, with all codings removed (RFC 9110 8.4). Throws a `WarcError` `NO_DECOMPRESSION` where the platform lacks one. */
  decoded(): AsyncIterable<Uint8Array>;
}

/** Reads the head of the message in a block, and no more of it than that takes. */
export async function openMessage(block: AsyncIterable<Uint8Array> | Iterable<Uint8Array>, kind: HttpHead["kind"]): Promise<HttpMessage> {
  const pieces = iterate(block);
  const head = await readHead(pieces, kind);
  const { fields } = head.head ?? {};
  const faults = new HttpFaults();
  const chunkFindings: BlockFinding[] = [];
  const raw = () => withBegun(head.begun, pieces);
  const entity = () => (fields && isChunked(fields) ? dechunk(raw(), head.bodyAt, chunkFindings) : raw());
  return {
    head: head.head,
    bodyAt: head.bodyAt,
    get findings() {
      return [...head.findings, ...chunkFindings, ...faults.list];
    },
    raw,
    entity,
    decoded: () => (fields ? decodeContent(entity(), codingsOf(fields), head.bodyAt, faults) : entity()),
  };
}

async function readHead(pieces: AsyncGenerator<Uint8Array>, kind: HttpHead["kind"]): Promise<ReadHead> {
  const reader = new HeadReader(kind);
  for (let next = await pieces.next(); !next.done; next = await pieces.next()) {
    const read = reader.write(next.value);
    if (read) return read;
  }
  return reader.end();
}

async function* iterate(block: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield* block;
}

async function* withBegun(begun: Uint8Array, pieces: AsyncGenerator<Uint8Array>): AsyncGenerator<Uint8Array> {
  if (begun.length > 0) yield begun;
  yield* pieces;
}

/** Bytes whose chunks are held at once: a chunk of one byte takes many times its size. */
const mostDechunked = 1 << 16;

async function* dechunk(body: AsyncIterable<Uint8Array>, at: number, findings: BlockFinding[]): AsyncGenerator<Uint8Array> {
  const ready: Uint8Array[] = [];
  const dechunker = new Dechunker(at, (piece) => ready.push(piece));
  for await (const piece of body) {
    for (let from = 0; from < piece.length; from += mostDechunked) {
      dechunker.write(piece.subarray(from, from + mostDechunked));
      yield* ready.splice(0);
    }
  }
  dechunker.end();
  yield* ready.splice(0);
  findings.push(...dechunker.findings);
}
