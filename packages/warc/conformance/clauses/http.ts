import { gzipMember } from "../packing.ts";
import { next, record, response, sha1 } from "../record.ts";
import { type Case, inBlock, of, type Requirement } from "../requirement.ts";

const http = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\nhello";
const chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
const coded = "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n";
const packed = gzipMember(Buffer.from("hello")).toString("latin1");

/** A response whose first line or fields are as given, with the body hello. */
function head(name: string, made: string, start: string, at: string, ...codes: readonly string[]): Case {
  return { name, made, parts: [response(`${start}\r\n\r\nhello`, "hello"), next], finds: codes.map((code) => inBlock(code, at)) };
}

/** A response with a body in chunks, which gives the entity told. */
function chunks(name: string, made: string, body: string, entity: string, code?: string, at?: string): Case {
  const finds = code ? [inBlock(code, at ?? body)] : [];
  return { name, made, parts: [response(chunked + body, entity), next], finds };
}

/** Of HTTP messages in blocks: an archive keeps what a server sent, and is sound for it, but not every reader reads it. */
export const httpMessages: readonly Requirement[] = [
  {
    clause: "5.8",
    says: "WARC-Block-Digest is the digest of the block, whatever its algorithm and encoding",
    cases: [
      { name: "block-digest", made: "a right digest", parts: [record({ set: { "WARC-Block-Digest": sha1("hello") } }), next], finds: [] },
      {
        name: "block-digest-bad",
        made: "a digest of something else",
        parts: [record({ set: { "WARC-Block-Digest": sha1("hallo") } }), next],
        finds: of(0, "BAD_BLOCK_DIGEST"),
      },
    ],
  },
  {
    clause: "5.9",
    says: "WARC-Payload-Digest is the digest of the entity: the body without its transfer coding, with its content coding",
    cases: [
      { name: "payload-digest", made: "a right digest", parts: [response(http, "hello"), next], finds: [] },
      {
        name: "payload-digest-bad",
        made: "a digest of something else",
        parts: [response(http, "hallo"), next],
        finds: of(0, "BAD_PAYLOAD_DIGEST"),
      },
      {
        name: "payload-digest-chunked",
        made: "a digest of the body with its chunks, as warcio and wget write it",
        parts: [response(`${chunked}5\r\nhello\r\n0\r\n\r\n`, "5\r\nhello\r\n0\r\n\r\n"), next],
        finds: of(0, "PAYLOAD_DIGEST_CONVENTION"),
      },
      { name: "payload-digest-coded", made: "a right digest of a gzip body", parts: [response(coded + packed, packed), next], finds: [] },
      {
        name: "payload-digest-decoded",
        made: "a digest of the unpacked body",
        parts: [response(coded + packed, "hello"), next],
        finds: of(0, "PAYLOAD_DIGEST_CONVENTION"),
      },
    ],
  },
  {
    clause: "RFC 9112 2",
    says: "A response begins with a status line, and its head ends with an empty line",
    cases: [
      {
        name: "http-none",
        made: "HTML without an HTTP head",
        parts: [record({ type: "response", block: "<p>hello" }), next],
        finds: [inBlock("NO_HTTP_HEAD", "<p>hello")],
      },
      {
        name: "http-head-cut",
        made: "a head without an empty line",
        parts: [response("HTTP/1.1 200 OK\r\nA: b\r\n", ""), next],
        finds: [{ code: "HTTP_HEAD_CUT", record: 0, at: { block: "" } }],
      },
      {
        name: "http-endless-head",
        made: "a head of more than 1 MiB",
        parts: [endless(), next],
        finds: [inBlock("HTTP_HEAD_TOO_LONG", "HTTP")],
      },
      {
        name: "http-leading-lines",
        made: "an empty line in front",
        parts: [response(`\r\n${http}`, "hello"), next],
        finds: [inBlock("HTTP_LEADING_LINES", "\r\n")],
      },
      head("http-lf", "lines that end with LF", "HTTP/1.1 200 OK\nA: b", "\n", "HTTP_LF_LINE_ENDS"),
      head("http-status-0", "the status 0", "HTTP/1.1 000 None", "HTTP", "HTTP_STATUS", "HTTP_STATUS_LINE"),
      head("http-no-reason", "a status line without a reason and its space", "HTTP/1.1 200", "HTTP", "HTTP_STATUS_LINE"),
      head("http-no-version", "a status line without a version", "HTTP 200 OK", "HTTP", "HTTP_STATUS_LINE"),
      head("http-2", "HTTP/2", "HTTP/2 200 OK", "HTTP", "HTTP_STATUS_LINE", "HTTP_VERSION"),
      head("http-folded-start", "a status line that goes on in the next", "HTTP/1.1 200 OK\r\n then", " then", "HTTP_FOLDED_START_LINE"),
      {
        name: "http-request-line",
        made: "a request line without a version",
        parts: [record({ type: "request", block: "GET /\r\nHost: a.example\r\n\r\n", set: { "WARC-Payload-Digest": sha1("") } }), next],
        finds: [inBlock("HTTP_REQUEST_LINE", "GET")],
      },
    ],
  },
  {
    clause: "RFC 9112 5",
    says: "A field is a name, a colon and a value, on one line",
    cases: [
      head("http-no-colon", "a line without a colon", "HTTP/1.1 200 OK\r\nnothing", "nothing", "HTTP_NO_COLON"),
      head("http-space-before-colon", "a space before the colon", "HTTP/1.1 200 OK\r\nAge : 1", " : 1", "HTTP_SPACE_BEFORE_COLON"),
      head("http-field-name", "a name that is no token", "HTTP/1.1 200 OK\r\nA/B: 1", "A/B", "HTTP_FIELD_NAME"),
      head("http-folded", "a value on two lines", "HTTP/1.1 200 OK\r\nA: b\r\n c", " c", "HTTP_FOLDED_FIELD"),
      head("http-latin-1", "Latin-1 in a value", "HTTP/1.1 200 OK\r\nA: \xe9", "\xe9", "HTTP_NOT_UTF8"),
      head("http-control", "the byte 1 in a value", "HTTP/1.1 200 OK\r\nA: b\x01", "\x01", "HTTP_CONTROL_CHARACTER"),
    ],
  },
  {
    clause: "RFC 9112 7.1",
    says: "A chunked body is chunks of the size told, and ends with one of size 0",
    cases: [
      chunks("chunks", "two chunks", "3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n", "hello"),
      chunks("chunks-upper-case", "a size of eight digits in upper case", "0000000A\r\nhellohello\r\n0\r\n\r\n", "hellohello"),
      chunks("chunks-extension", "an extension behind the size", '5;a="b"\r\nhello\r\n0\r\n\r\n', "hello"),
      chunks("chunks-trailer", "fields behind the last chunk", "5\r\nhello\r\n0\r\nA: b\r\n\r\n", "hello"),
      {
        name: "chunks-none",
        made: "a label on a body that is not chunked, and so a payload digest that one cannot say of what it is",
        parts: [response(`${chunked}hello`, "hello"), next],
        finds: [inBlock("NOT_CHUNKED", "hello"), ...of(0, "PAYLOAD_DIGEST_CONVENTION")],
      },
      chunks("chunks-bad-size", "a second size that is none", "3\r\nhel\r\nzz\r\nlo\r\n0\r\n\r\n", "hel", "CHUNK_SIZE", "zz"),
      chunks("chunks-bad-end", "no line end behind a chunk", "5\r\nhello0\r\n\r\n", "hello", "CHUNK_END", "0\r\n\r\n"),
      chunks("chunks-lf", "lines that end with LF", "5\nhello\n0\n\n", "hello", "CHUNK_LF_LINE_ENDS", "5\nhello"),
      chunks("chunks-cut", "no last chunk", "5\r\nhello\r\n", "hello", "CHUNKS_CUT", ""),
      chunks("chunks-bytes-behind", "bytes behind the last chunk", "5\r\nhello\r\n0\r\n\r\nmore", "hello", "AFTER_CHUNKS", "more"),
      {
        name: "chunks-endless-trailer",
        made: "fields behind the last chunk, more than 64 KiB of them",
        parts: [response(`${chunked}5\r\nhello\r\n0\r\n${"A: b\r\n".repeat(11_000)}`, "hello"), next],
        finds: [{ code: "CHUNK_TRAILER_TOO_LONG", record: 0, at: { block: "A: b" } }],
      },
    ],
  },
  {
    clause: "RFC 9110 8.4",
    says: "A body is coded as its Content-Encoding says",
    cases: [
      {
        name: "coded-none",
        made: "the label gzip on a body that is not packed",
        parts: [body(`${coded}hello`)],
        finds: [inBlock("NOT_CODED", "hello")],
      },
      {
        name: "coded-cut",
        made: "a gzip body without its end",
        parts: [body(coded + packed.slice(0, -12))],
        finds: [inBlock("CODING_DAMAGED", "\x1f\x8b")],
      },
      {
        name: "coded-unknown",
        made: "a coding that nobody knows",
        parts: [body("HTTP/1.1 200 OK\r\nContent-Encoding: mine\r\n\r\nhello")],
        finds: [inBlock("UNKNOWN_CODING", "hello")],
      },
      {
        name: "coded-often",
        made: "nine codings",
        parts: [body(`HTTP/1.1 200 OK\r\nContent-Encoding: ${Array.from({ length: 9 }, () => "gzip").join(", ")}\r\n\r\nhello`)],
        finds: [inBlock("TOO_MANY_CODINGS", "hello")],
      },
    ],
  },
];

function body(block: string) {
  return record({ type: "response", block });
}

/** A response whose head does not end within 1 MiB. */
function endless() {
  const block = `HTTP/1.1 200 OK\r\n${`X: ${"y".repeat(1000)}\r\n`.repeat(1100)}\r\nhello`;
  return record({ type: "response", block });
}
