import { startHash } from "#hash";
import type { Algorithm } from "../digest/algorithm.ts";
import type { Hash } from "../digest/hash.ts";
import { formatDigest } from "../digest/labelled-digest.ts";
import { isChunked } from "../http/codings.ts";
import { Dechunker } from "../http/dechunker.ts";
import { HeadReader, type ReadHead } from "../http/head-reader.ts";
import type { HttpHead } from "../http/parse-http-head.ts";

/** Digests as they stand in a header, with their labels. */
export interface WrittenDigests {
  /** WARC-Block-Digest (ISO 28500:2017 5.8). */
  readonly block: string;
  /** WARC-Payload-Digest (5.9): of the body without its transfer coding, or of the block where that is no HTTP message. */
  readonly payload: string;
}

/** Takes both digests of a block that goes by in pieces. */
export class RecordDigests {
  readonly #algorithm: Algorithm;
  readonly #block: Hash;
  #body: HeadReader | Entity | undefined;

  /** `message` is the kind of the HTTP message that the block is; undefined where it is none. */
  constructor(algorithm: Algorithm, message: HttpHead["kind"] | undefined) {
    this.#algorithm = algorithm;
    this.#block = startHash(algorithm);
    if (message) this.#body = new HeadReader(message);
  }

  write(piece: Uint8Array): void {
    this.#block.update(piece);
    if (this.#body instanceof HeadReader) this.#begin(this.#body.write(piece));
    else this.#body?.write(piece);
  }

  /** The block has ended; nothing may be written any more. */
  end(): WrittenDigests {
    if (this.#body instanceof HeadReader) this.#begin(this.#body.end());
    const block = this.#block.digest();
    const payload = this.#body instanceof Entity ? this.#body.end() : block;
    return { block: formatDigest(this.#algorithm, block), payload: formatDigest(this.#algorithm, payload) };
  }

  #begin(read: ReadHead | undefined): void {
    if (!read) return;
    this.#body = read.head && new Entity(read, this.#algorithm);
    this.#body?.write(read.begun);
  }
}

class Entity {
  readonly #hash: Hash;
  readonly #dechunker: Dechunker | undefined;

  constructor({ head, bodyAt }: ReadHead, algorithm: Algorithm) {
    const hash = startHash(algorithm);
    this.#hash = hash;
    if (head && isChunked(head.fields)) this.#dechunker = new Dechunker(bodyAt, (piece) => hash.update(piece));
  }

  write(piece: Uint8Array): void {
    if (this.#dechunker) this.#dechunker.write(piece);
    else this.#hash.update(piece);
  }

  end(): Uint8Array {
    this.#dechunker?.end();
    return this.#hash.digest();
  }
}
