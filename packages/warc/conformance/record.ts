import { createHash } from "node:crypto";
import type { RecordPart } from "./parts.ts";

export const id = (number: number) => `<urn:uuid:00000000-0000-4000-8000-${String(number).padStart(12, "0")}>`;

/** What differs from a record as it should be. */
export interface RecordOptions {
  readonly version?: string;
  readonly type?: string;
  /** Fields in place of those, or behind them, that a record of its type has; undefined takes one away. */
  readonly set?: Readonly<Record<string, string | undefined>>;
  /** Lines behind the fields, as they are to stand there. */
  readonly lines?: readonly string[];
  /** The line of Content-Length, or none. */
  readonly length?: string | undefined;
  readonly block?: string | Buffer;
  readonly eol?: string;
  readonly trailer?: string;
  /** Bytes of the block that a reader is to find, where that is not all of it. */
  readonly reads?: number;
}

/** A WARC record that keeps to the standard, but for what is given. Text is Latin-1: a character is a byte. */
export function record(options: RecordOptions = {}): RecordPart {
  const { version = "WARC/1.1", type = "resource", set = {}, lines = [], eol = "\r\n", trailer = "\r\n\r\n" } = options;
  const block = bytesOf(options.block ?? blocks[type] ?? "hello");
  const length = "length" in options ? options.length : `Content-Length: ${block.length}`;
  const named = Object.entries({ ...fieldsOf(type), ...set }).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}: ${value}`],
  );
  const head = [version, ...named, ...lines, ...(length === undefined ? [] : [length]), "", ""].join(eol);
  return {
    kind: "record",
    bytes: Buffer.concat([Buffer.from(head, "latin1"), block, Buffer.from(trailer, "latin1")]),
    type: "WARC-Type" in set ? (set["WARC-Type"] ?? null) : type,
    headLength: head.length,
    blockLength: options.reads ?? block.length,
  };
}

/** Another record, which a reader must not lose by what is wrong with the one before. */
export const next = record({ set: { "WARC-Record-ID": id(2) }, block: "next" });

/** What the block of a record is, where it is none of any bytes. */
const blocks: Readonly<Record<string, string>> = {
  warcinfo: "software: a\r\n",
  metadata: "via: http://b.example/\r\n",
  request: "GET / HTTP/1.1\r\nHost: a.example\r\n\r\n",
  response: "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
  revisit: "HTTP/1.1 200 OK\r\n\r\n",
};

function fieldsOf(type: string): Record<string, string> {
  const always = { "WARC-Type": type, "WARC-Record-ID": id(1), "WARC-Date": "2020-01-01T00:00:00Z" };
  const target = { ...always, "WARC-Target-URI": "http://a.example/" };
  switch (type) {
    case "warcinfo":
      return { ...always, "Content-Type": "application/warc-fields" };
    case "metadata":
      return { ...always, "Content-Type": "application/warc-fields" };
    case "request":
    case "response":
      return { ...target, "Content-Type": `application/http;msgtype=${type}` };
    case "revisit":
      return {
        ...target,
        "WARC-Profile": "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest",
        "Content-Type": "application/http",
      };
    case "continuation":
      return { ...target, "WARC-Segment-Origin-ID": id(9), "WARC-Segment-Number": "2" };
    default:
      return { ...target, "Content-Type": "text/plain" };
  }
}

/** What a server of that time answered. */
const page = "HTTP/1.0 200 OK\r\n\r\nhello";

/** What differs from a record of an ARC file as it should be. */
export interface ArcOptions {
  /** The header line, without the length at its end. */
  readonly line?: string;
  readonly length?: string;
  readonly block?: string;
  readonly eol?: string;
  readonly trailer?: string;
  readonly type?: string;
  readonly reads?: number;
}

/** A record of an ARC file. */
export function arcRecord(options: ArcOptions = {}): RecordPart {
  const {
    line = "http://a.example/ 192.0.2.1 20200101000000 text/plain",
    block = page,
    eol = "\n",
    trailer = "\n",
    type = "arc",
  } = options;
  const { length = String(block.length), reads = block.length } = options;
  const head = `${line} ${length}${eol}`;
  return { kind: "record", bytes: bytesOf(`${head}${block}${trailer}`), type, headLength: head.length, blockLength: reads };
}

const arcVersion = "1 0 Conformance\nURL IP-address Archive-date Content-type Archive-length\n";

/** The first record of an ARC file. */
export const filedesc = arcRecord({
  line: "filedesc://a.arc 0.0.0.0 20200101000000 text/plain",
  block: arcVersion,
  type: "filedesc",
});

/** A response whose payload digest is right by the standard, so that whoever checks it has to read the HTTP message. */
export function response(http: string, payload: string | Buffer, options: RecordOptions = {}): RecordPart {
  const { set, ...others } = options;
  return record({ type: "response", block: http, ...others, set: { "WARC-Payload-Digest": sha1(payload), ...set } });
}

export function sha1(bytes: string | Buffer): string {
  return `sha1:${createHash("sha1").update(bytesOf(bytes)).digest("hex")}`;
}

function bytesOf(bytes: string | Buffer): Buffer {
  return typeof bytes === "string" ? Buffer.from(bytes, "latin1") : bytes;
}
