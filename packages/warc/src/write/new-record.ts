import type { Input } from "../bytes/input.ts";
import type { NamedValue } from "./head.ts";

/** A record to be made, by its type (ISO 28500:2017 6): what the standard wants of each has to be given, what it does not allow cannot be. */
export type NewRecord =
  | NewWarcinfo
  | NewResponse
  | NewResource
  | NewRequest
  | NewMetadata
  | NewIdenticalRevisit
  | NewNotModifiedRevisit
  | NewConversion
  | NewContinuation;

/** A moment; as text in the form of 5.4, which keeps its precision. */
export type Moment = Date | string;

interface Every {
  /** WARC-Date (5.4): when the capture began, or the record was made. Fractions of a second are left out in version 1.0. */
  readonly date: Moment;
  /** WARC-Record-ID (5.2), in angle brackets; a new `<urn:uuid:…>` unless given. */
  readonly id?: string;
  /** What is archived. A stream is put aside until it has ended, since its length and digests stand before it. */
  readonly block: Input;
  /** WARC-Truncated (5.15): why the block ends before it should. */
  readonly truncated?: "length" | "time" | "disconnect" | "unspecified";
  /** Extension fields (5.1), behind the others; a name may be repeated. */
  readonly extensions?: readonly NamedValue[];
}

interface EveryButWarcinfo extends Every {
  /** WARC-Warcinfo-ID (5.16). A writer gives that of its file. */
  readonly warcinfoId?: string;
  /** Content-Type (5.6). */
  readonly contentType?: string;
}

/** Of what one capture gave. */
interface OfCapture extends EveryButWarcinfo {
  /** WARC-Concurrent-To (5.7): the other records of the same capture. */
  readonly concurrentTo?: string | readonly string[];
  /** WARC-IP-Address (5.10): of the server. */
  readonly ipAddress?: string;
}

interface OfUri {
  /** WARC-Target-URI (5.14), escaped, without angle brackets. */
  readonly targetUri: string;
}

interface Typed {
  readonly contentType: string;
}

interface WithPayload {
  /** WARC-Identified-Payload-Type (5.19): found by looking at the payload. */
  readonly identifiedPayloadType?: string;
}

/** What goes on in continuation records (7). */
interface FirstSegment {
  /** WARC-Segment-Number (5.20). */
  readonly segmentNumber?: 1;
}

interface Referring {
  /** WARC-Refers-To (5.11). */
  readonly refersTo?: string;
  /** WARC-Refers-To-Target-URI (5.12). */
  readonly refersToTargetUri?: string;
  /** WARC-Refers-To-Date (5.13). */
  readonly refersToDate?: Moment;
}

/** 6.2. The block is of `application/warc-fields`, see `warcFields`, unless another type is given. */
export interface NewWarcinfo extends Every {
  readonly type: "warcinfo";
  readonly contentType?: string;
  /** WARC-Filename (5.17). A writer gives that of its file. */
  readonly filename?: string;
}

/** 6.3. Of http and https the block is a whole response, `application/http;msgtype=response`. */
export interface NewResponse extends OfCapture, OfUri, WithPayload, FirstSegment {
  readonly type: "response";
}

/** 6.4. The block is the resource itself. */
export interface NewResource extends OfCapture, OfUri, Typed, WithPayload, FirstSegment {
  readonly type: "resource";
  readonly contentType: string;
}

/** 6.5. Of http and https the block is a whole request, `application/http;msgtype=request`. */
export interface NewRequest extends OfCapture, OfUri, WithPayload, FirstSegment {
  readonly type: "request";
}

/** 6.6. The block is of `application/warc-fields` unless another type is given. */
export interface NewMetadata extends OfCapture, Partial<OfUri>, Referring, FirstSegment {
  readonly type: "metadata";
}

interface NewRevisit extends OfCapture, OfUri, Referring, WithPayload, FirstSegment {
  readonly type: "revisit";
}

/** 6.7.2: the payload is that of an earlier record. The block is the head of the response, or nothing. */
export interface NewIdenticalRevisit extends NewRevisit {
  readonly profile: "identical-payload-digest";
  /** WARC-Payload-Digest (5.9) of the payload that is not stored again. */
  readonly payloadDigest: string;
}

/** 6.7.3: the server said that nothing had changed. The block is the head of its response, or nothing. */
export interface NewNotModifiedRevisit extends NewRevisit {
  readonly profile: "server-not-modified";
  readonly payloadDigest?: string;
}

/** 6.8. The block is what the content of another record was converted to. */
export interface NewConversion extends EveryButWarcinfo, OfUri, Typed, Referring, WithPayload, FirstSegment {
  readonly type: "conversion";
  readonly contentType: string;
}

/** 6.9. The block goes on where that of the segment before ends. */
export interface NewContinuation extends EveryButWarcinfo, OfUri, WithPayload {
  readonly type: "continuation";
  /** WARC-Segment-Number (5.20): 2 or more. */
  readonly segmentNumber: number;
  /** WARC-Segment-Origin-ID (5.21): the id of the first segment. */
  readonly segmentOriginId: string;
  /** WARC-Segment-Total-Length (5.22): bytes of all blocks, in the last segment. */
  readonly segmentTotalLength?: number;
  /** WARC-Payload-Digest (5.9) of the payload that all segments make. */
  readonly payloadDigest?: string;
}
