import { filler, type Part } from "../parts.ts";
import { id, next, record } from "../record.ts";
import { between, type Case, type Expected, of, type Requirement } from "../requirement.ts";

/** Of the named fields in general, and of the length that decides where a record ends. */
export const fieldsInGeneral: readonly Requirement[] = [
  {
    clause: "5.1",
    says: "Names are the same in upper and lower case, and fields stand in any order",
    cases: [
      {
        name: "names-in-lower-case",
        made: "warc-type, content-length",
        parts: [
          record({ set: { "WARC-Type": undefined }, lines: ["warc-type: resource", "content-length: 5"], length: undefined }),
          next,
        ].map(typed),
        finds: [],
      },
      {
        name: "type-last",
        made: "WARC-Type as the last field",
        parts: [record({ set: { "WARC-Type": undefined }, lines: ["WARC-Type: resource"] }), next].map(typed),
        finds: [],
      },
    ],
  },
  {
    clause: "5.1",
    says: "A field that the standard does not define is no fault, and may be repeated",
    cases: [
      {
        name: "extension-fields",
        made: "a field of its own, twice",
        parts: [record({ lines: ["X-Mine: a", "X-Mine: b"] }), next],
        finds: [],
      },
    ],
  },
  {
    clause: "5.1",
    says: "A field of the standard, but WARC-Concurrent-To, stands there once",
    cases: [
      {
        name: "repeated-date",
        made: "two WARC-Date",
        parts: [record({ lines: ["WARC-Date: 2021-01-01T00:00:00Z"] }), next],
        finds: of(0, "REPEATED_FIELD"),
      },
      {
        name: "repeated-concurrent-to",
        made: "two WARC-Concurrent-To",
        parts: [record({ lines: [`WARC-Concurrent-To: ${id(3)}`, `WARC-Concurrent-To: ${id(4)}`] }), next],
        finds: [],
      },
    ],
  },
  {
    clause: "5.3",
    says: "Every record has a Content-Length, the number of bytes in its block",
    cases: [
      {
        name: "no-length",
        made: "no Content-Length",
        parts: [record({ length: undefined, block: "", trailer: "" }), filler("hello\r\n\r\n"), next],
        finds: [...of(0, "NO_LENGTH", "BAD_TRAILER"), between("GARBAGE", 1)],
      },
      {
        name: "no-length-no-block",
        made: "a warcinfo without Content-Length and block, as ClueWeb22 has it",
        parts: [record({ type: "warcinfo", length: undefined, block: "" }), next],
        finds: of(0, "NO_LENGTH"),
      },
      {
        name: "negative-length",
        made: "Content-Length: -1",
        parts: [record({ length: "Content-Length: -1", block: "" }), next],
        finds: of(0, "BAD_LENGTH"),
      },
      {
        name: "length-in-words",
        made: "Content-Length: five",
        parts: [record({ length: "Content-Length: five", block: "" }), next],
        finds: of(0, "BAD_LENGTH"),
      },
      {
        name: "length-with-sign",
        made: "Content-Length: +5",
        parts: [record({ length: "Content-Length: +0", block: "" }), next],
        finds: of(0, "BAD_LENGTH"),
      },
      {
        name: "length-in-hex",
        made: "Content-Length: 0x0",
        parts: [record({ length: "Content-Length: 0x0", block: "" }), next],
        finds: of(0, "BAD_LENGTH"),
      },
      {
        name: "length-empty",
        made: "Content-Length without a value",
        parts: [record({ length: "Content-Length:", block: "" }), next],
        finds: of(0, "BAD_LENGTH", "EMPTY_FIELD"),
      },
      {
        name: "length-astronomic",
        made: "a Content-Length of 30 digits",
        parts: [record({ length: `Content-Length: ${"9".repeat(30)}`, block: "" }), next],
        finds: of(0, "BAD_LENGTH"),
      },
      { name: "length-zeros", made: "Content-Length: 0005", parts: [record({ length: "Content-Length: 0005" }), next], finds: [] },
      {
        name: "two-lengths",
        made: "two Content-Length, the first right",
        parts: [record({ length: "Content-Length: 5\r\nContent-Length: 9" }), next],
        finds: of(0, "REPEATED_LENGTH"),
      },
      {
        name: "length-one-less",
        made: "a Content-Length smaller than the block by one, as wget 1.17 wrote it",
        parts: [record({ length: "Content-Length: 4", block: "hell", trailer: "" }), filler("o\r\n\r\n"), next],
        finds: [...of(0, "BAD_TRAILER"), between("GARBAGE", 1)],
      },
      {
        name: "length-one-more",
        made: "a Content-Length larger than the block by one",
        parts: [record({ length: "Content-Length: 6", block: "hello\r", trailer: "\n\r\n" }), next],
        finds: of(0, "BAD_TRAILER"),
      },
      {
        name: "length-beyond-the-end",
        made: "a Content-Length larger than the file",
        parts: [record({ length: "Content-Length: 500", reads: 9 })],
        finds: of(0, "RECORD_CUT"),
      },
    ],
  },
];

/** Whether a value has the form of its field, for each field of the standard that has one. */
interface Form {
  readonly clause: string;
  readonly field: string;
  readonly says: string;
  readonly type?: string;
  readonly kept?: readonly string[];
  readonly broken?: readonly string[];
  /** What is found for a broken value, where that is not BAD_FIELD. */
  readonly code?: string;
}

const forms: readonly Form[] = [
  { clause: "5.2", field: "WARC-Record-ID", says: "is a URI in angle brackets", kept: ["<urn:x:y>"], broken: ["urn:x:y", "<a b>", "<>"] },
  {
    clause: "5.4",
    field: "WARC-Date",
    says: "is a time in UTC, of any precision from 1.1 on",
    kept: ["2020-02-29T23:59:60Z", "2020-01-01T00:00:00.123456789Z", "2020-01-01T00:00Z", "2020-01-01", "2020-01", "2020"],
    broken: [
      "2020-02-30T00:00:00Z",
      "2020-01-01T00:00:00",
      "2020-01-01T00:00:00+01:00",
      "20200101000000",
      "2020-01-01 00:00:00Z",
      "yesterday",
    ],
  },
  {
    clause: "5.6",
    field: "Content-Type",
    says: "is a media type",
    kept: ["text/html; charset=utf-8", 'a/b;c="d e"'],
    broken: ["text", "text/", "text html"],
  },
  { clause: "5.7", field: "WARC-Concurrent-To", says: "is a URI in angle brackets", kept: [id(3)], broken: ["urn:x:y"] },
  {
    clause: "5.8",
    field: "WARC-Block-Digest",
    says: "is an algorithm, a colon and a digest",
    kept: [
      "sha1:VL2MMHO4YXUKFWV63YHTWSBM3GXKSQ2N",
      "sha1:aaf4c61ddcc5e8a2dabede0f3b482cd9aea9434d",
      "SHA-1:qvTGHdzF6KLavt4PO0gs2a6pQ00=",
      "x-mine:abc",
    ],
    broken: ["aaf4c61ddcc5e8a2dabede0f3b482cd9aea9434d", "sha1 aaf4"],
  },
  {
    clause: "5.9",
    field: "WARC-Payload-Digest",
    says: "is an algorithm, a colon and a digest",
    kept: ["sha1:VL2MMHO4YXUKFWV63YHTWSBM3GXKSQ2N"],
    broken: ["VL2M"],
  },
  {
    clause: "5.10",
    field: "WARC-IP-Address",
    says: "is an IPv4 or IPv6 address",
    kept: ["192.0.2.1", "2001:db8::1", "::ffff:192.0.2.1"],
    broken: ["256.0.0.1", "a.example", "[2001:db8::1]", "1.2.3"],
  },
  { clause: "5.11", field: "WARC-Refers-To", says: "is a URI in angle brackets", type: "conversion", kept: [id(3)], broken: ["urn:x:y"] },
  {
    clause: "5.12",
    field: "WARC-Refers-To-Target-URI",
    says: "is a URI",
    type: "revisit",
    kept: ["http://b.example/"],
    broken: ["b example"],
  },
  {
    clause: "5.13",
    field: "WARC-Refers-To-Date",
    says: "is a time in UTC",
    type: "revisit",
    kept: ["2019-01-01T00:00:00Z"],
    broken: ["2019/01/01"],
  },
  {
    clause: "5.14",
    field: "WARC-Target-URI",
    says: "is a URI without white space",
    kept: ["dns:a.example", "urn:x:y", "http://\xc3\xa9.example/"],
    broken: ["http://a.example/b c", "a.example/", "/path"],
  },
  {
    clause: "5.15",
    field: "WARC-Truncated",
    says: "is a reason, in one word",
    kept: ["length", "time", "disconnect", "unspecified", "mine"],
    broken: ["too long"],
  },
  { clause: "5.16", field: "WARC-Warcinfo-ID", says: "is a URI in angle brackets", kept: [id(3)], broken: ["urn:x:y"] },
  { clause: "5.17", field: "WARC-Filename", says: "is the name of the file", type: "warcinfo", kept: ["a b.warc.gz"] },
  {
    clause: "5.18",
    field: "WARC-Profile",
    says: "is a URI",
    type: "revisit",
    kept: ["http://a.example/profile"],
    broken: ["identical payload"],
  },
  { clause: "5.19", field: "WARC-Identified-Payload-Type", says: "is a media type", kept: ["text/html"], broken: ["html"] },
  { clause: "5.20", field: "WARC-Segment-Number", says: "is a number", type: "continuation", kept: ["2", "17"], broken: ["two"] },
  {
    clause: "5.21",
    field: "WARC-Segment-Origin-ID",
    says: "is a URI in angle brackets",
    type: "continuation",
    kept: [id(3)],
    broken: ["urn:x:y"],
  },
  {
    clause: "5.22",
    field: "WARC-Segment-Total-Length",
    says: "is a number",
    type: "continuation",
    kept: ["1000"],
    broken: ["1,000", "-1"],
  },
];

/** Of the value of each field. */
export const fieldForms: readonly Requirement[] = [
  ...forms.map(toRequirement),
  {
    clause: "5.4",
    says: "WARC-Date is to the second before 1.1",
    cases: [
      {
        name: "fraction-in-1-0",
        made: "a fraction of a second in WARC/1.0",
        parts: [record({ version: "WARC/1.0", set: { "WARC-Date": "2020-01-01T00:00:00.5Z" } }), next],
        finds: of(0, "DATE_OF_1_1"),
      },
    ],
  },
  {
    clause: "5.14",
    says: "WARC-Target-URI stands without angle brackets, though the grammar of 1.0 had them",
    cases: [
      {
        name: "angled-target-uri",
        made: "<uri>, as wget 1.19 wrote it",
        parts: [record({ set: { "WARC-Target-URI": "<http://a.example/>" } }), next],
        finds: of(0, "ANGLED_TARGET_URI"),
      },
    ],
  },
  {
    clause: "5.5",
    says: "Types that the standard does not define may be written, and are skipped by those who do not know them",
    cases: [
      { name: "unknown-type", made: "WARC-Type: screenshot", parts: [record({ type: "screenshot" }), next], finds: of(0, "UNKNOWN_TYPE") },
    ],
  },
  {
    clause: "5.6",
    says: "A record with a block has a Content-Type, but for continuations",
    cases: [
      {
        name: "no-content-type",
        made: "no Content-Type",
        parts: [record({ set: { "Content-Type": undefined } }), next],
        finds: of(0, "NO_CONTENT_TYPE"),
      },
      {
        name: "no-content-type-no-block",
        made: "no Content-Type, and no block",
        parts: [record({ set: { "Content-Type": undefined }, block: "" }), next],
        finds: [],
      },
    ],
  },
];

function toRequirement({ clause, field, says, type = "resource", kept = [], broken = [], code = "BAD_FIELD" }: Form): Requirement {
  const name = field.toLowerCase();
  const file = (value: string): readonly Part[] => [record({ type, set: { [field]: value } }), next];
  const toCase = (value: string, number: number, how: string, finds: readonly Expected[]): Case => ({
    name: `${name}-${how}-${number}`,
    made: `${field}: ${value}`,
    parts: file(value),
    finds,
  });
  const empty =
    field === "WARC-Filename"
      ? []
      : [{ ...toCase("", 0, "empty", of(0, "EMPTY_FIELD")), name: `${name}-empty`, made: `${field} without a value` }];
  return {
    clause,
    says: `${field} ${says}`,
    cases: [
      ...kept.map((value, number) => toCase(value, number, "kept", [])),
      ...broken.map((value, number) => toCase(value, number, "broken", of(0, code))),
      ...empty,
    ],
  };
}

/** A record whose type is told by a line of its own. */
function typed(part: ReturnType<typeof record>): Part {
  return { ...part, type: "resource" };
}
