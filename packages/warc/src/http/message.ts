import { takeReady } from "../bytes/ready-bytes.ts";
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
  const reader = new HeadReader(kind);
  // Most heads are here already, whole.
  const first = takeReady(block);
  const ready = first && reader.write(first);
  const pieces = iterate(block);
  return new OpenMessage(ready ?? (await readHead(pieces, reader)), pieces);
}

class OpenMessage implements HttpMessage {
  readonly head: HttpHead | undefined;
  readonly bodyAt: number;
  readonly #read: ReadHead;
  readonly #pieces: AsyncGenerator<Uint8Array>;
  readonly #faults = new HttpFaults();
  readonly #chunkFindings: BlockFinding[] = [];

  constructor(read: ReadHead, pieces: AsyncGenerator<Uint8Array>) {
    this.head = read.head;
    this.bodyAt = read.bodyAt;
    this.#read = read;
    this.#pieces = pieces;
  }

  get findings(): readonly BlockFinding[] {
    return [...this.#read.findings, ...this.#chunkFindings, ...this.#faults.list];
  }

  raw(): AsyncIterable<Uint8Array> {
    return withBegun(this.#read.begun, this.#pieces);
  }

  entity(): AsyncIterable<Uint8Array> {
    return this.head && isChunked(this.head.fields) ? dechunk(this.raw(), this.bodyAt, this.#chunkFindings) : this.raw();
  }

  decoded(): AsyncIterable<Uint8Array> {
    return this.head ? decodeContent(this.entity(), codingsOf(this.head.fields), this.bodyAt, this.#faults) : this.entity();
  }
}

async function readHead(pieces: AsyncGenerator<Uint8Array>, reader: HeadReader): Promise<ReadHead> {
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
