import { startHash } from "#hash";
import type { Algorithm } from "../digest/algorithm.ts";
import { compareDigest, type DigestCheck } from "../digest/check-digest.ts";
import type { Hash } from "../digest/hash.ts";
import { digestAlgorithm } from "../digest/labelled-digest.ts";
import type { BlockFinding } from "./block-finding.ts";
import type { CodedEntity } from "./check-decoded.ts";
import { codingsOf, isChunked } from "./codings.ts";
import { Dechunker } from "./dechunker.ts";
import { GrowingBytes } from "./growing-bytes.ts";
import { HeadReader, type ReadHead } from "./head-reader.ts";
import type { HttpHead } from "./parse-http-head.ts";
import { type Candidate, checkUnseen, comparePayload, type PayloadCheck } from "./payload-check.ts";

/** What a record says about the digests of its block. */
export interface DeclaredDigests {
  /** WARC-Block-Digest (ISO 28500:2017 5.8). */
  readonly block: string | undefined;
  /** WARC-Payload-Digest (5.9). */
  readonly payload: string | undefined;
  /** Which HTTP message the block is, see `messageKind`; undefined where it is none, and is then itself the payload. */
  readonly message: HttpHead["kind"] | undefined;
  /** Whether the payload is not, or not wholly, in this block: of a revisit it is in another record, of a segment in several (6.7, 6.9). */
  readonly isElsewhere: boolean;
}

export interface DigestChecks {
  readonly block: DigestCheck;
  readonly payload: PayloadCheck;
  /** About the HTTP message; none where it was not looked at because no payload digest was to be checked. */
  readonly findings: readonly BlockFinding[];
}

/** Takes every digest that may be the one declared, while a block goes by in pieces. */
export class DigestPass {
  readonly #declared: DeclaredDigests;
  /** Of the whole block; one where block and payload digest are of one algorithm. */
  readonly #block = new Map<Algorithm, Hash>();
  readonly #payloadAlgorithm: Algorithm | undefined;
  #body: HeadReader | Body | undefined;

  constructor(declared: DeclaredDigests) {
    this.#declared = declared;
    this.#payloadAlgorithm = declared.isElsewhere ? undefined : digestAlgorithm(declared.payload);
    for (const algorithm of [digestAlgorithm(declared.block), this.#payloadAlgorithm])
      if (algorithm) this.#block.set(algorithm, startHash(algorithm));
    if (this.#payloadAlgorithm && declared.message) this.#body = new HeadReader(declared.message);
  }

  write(piece: Uint8Array): void {
    for (const hash of this.#block.values()) hash.update(piece);
    if (this.#body instanceof Body) this.#body.write(piece);
    else this.#begin(this.#body?.write(piece));
  }

  /** The block has ended; nothing may be written any more. */
  end(): DigestChecks {
    if (this.#body instanceof HeadReader) this.#begin(this.#body.end());
    const digests = new Map(Array.from(this.#block, ([algorithm, hash]) => [algorithm, hash.digest()]));
    const ofBlock = (algorithm: Algorithm) => digests.get(algorithm) ?? new Uint8Array(0);
    const body = this.#body instanceof Body ? this.#body.end() : undefined;
    const block = compareDigest(this.#declared.block, ofBlock);
    return { block, payload: this.#checkPayload(body?.candidates ?? [], ["block", ofBlock]), findings: body?.findings ?? [] };
  }

  /** The body, where it is packed and small enough to have been held. To be asked for after the end. */
  get coded(): CodedEntity | undefined {
    return this.#body instanceof Body ? this.#body.coded : undefined;
  }

  #begin(read: ReadHead | undefined): void {
    if (!read || !this.#payloadAlgorithm) return;
    this.#body = new Body(read, this.#payloadAlgorithm);
    this.#body.write(read.begun);
  }

  #checkPayload(others: readonly Candidate[], last: Candidate): PayloadCheck {
    const { payload, isElsewhere } = this.#declared;
    const unseen = checkUnseen(payload, isElsewhere);
    if (unseen || payload === undefined) return unseen ?? { result: "absent" };
    const [first = last, ...rest] = others;
    return comparePayload(payload, [first, ...rest, last]);
  }
}

/** Bytes of a packed body that are held, for its digest may be of what it unpacks to. */
const mostHeld = 8 << 20;

/** What follows the head of a message, hashed as it stands and without its chunks. */
class Body {
  readonly #head: ReadHead;
  readonly #asItStands: Hash;
  readonly #entity: Hash | undefined;
  readonly #dechunker: Dechunker | undefined;
  readonly #codings: readonly string[];
  #held: GrowingBytes | undefined;

  constructor(head: ReadHead, algorithm: Algorithm) {
    this.#head = head;
    this.#asItStands = startHash(algorithm);
    const { fields } = head.head ?? {};
    this.#codings = fields ? codingsOf(fields) : [];
    if (this.#codings.length > 0) this.#held = new GrowingBytes();
    if (!fields || !isChunked(fields)) return;
    const entity = startHash(algorithm);
    this.#entity = entity;
    this.#dechunker = new Dechunker(head.bodyAt, (piece) => {
      entity.update(piece);
      this.#hold(piece);
    });
  }

  write(piece: Uint8Array): void {
    this.#asItStands.update(piece);
    if (this.#dechunker) this.#dechunker.write(piece);
    else this.#hold(piece);
  }

  end(): { readonly candidates: readonly Candidate[]; readonly findings: readonly BlockFinding[] } {
    this.#dechunker?.end();
    const asItStands = this.#asItStands.digest();
    const entity = this.#dechunker?.isChunked ? this.#entity?.digest() : undefined;
    const candidates: Candidate[] = [];
    if (entity) candidates.push(["entity", () => entity]);
    if (this.#head.head) candidates.push([this.#dechunker ? "transfer-encoded" : "entity", () => asItStands]);
    return { candidates, findings: [...this.#head.findings, ...(this.#dechunker?.findings ?? [])] };
  }

  get coded(): CodedEntity | undefined {
    return this.#held && { bytes: this.#held.bytes, codings: this.#codings };
  }

  #hold(piece: Uint8Array): void {
    if (this.#held && this.#held.length + piece.length <= mostHeld) this.#held.add(piece);
    else this.#held = undefined;
  }
}
