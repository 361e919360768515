import { filler } from "../parts.ts";
import { id, next, record } from "../record.ts";
import { between, of, type Requirement } from "../requirement.ts";

const sound = record();

/** Of the file and the frame of a record. */
export const fileModel: readonly Requirement[] = [
  {
    clause: "4",
    says: "A file is one record or more, one behind the other",
    cases: [
      { name: "one-record", made: "a record", parts: [sound], finds: [] },
      { name: "two-records", made: "two records", parts: [sound, next], finds: [] },
      { name: "empty-file", made: "no byte", parts: [], finds: [between("NO_RECORDS", 0)] },
      {
        name: "no-record",
        made: "text that is no archive",
        parts: [filler("<html>not found</html>\n")],
        finds: [between("GARBAGE", 0), { code: "NO_RECORDS", record: null, at: "end" }],
      },
      { name: "junk-before", made: "a line before the first record", parts: [filler("junk\r\n"), sound], finds: [between("GARBAGE", 0)] },
      {
        name: "junk-between",
        made: "lines between two records",
        parts: [sound, filler("junk WARC/1.1\r\nand\r\n"), next],
        finds: [between("GARBAGE", 1)],
      },
      { name: "junk-behind", made: "bytes behind the last record", parts: [sound, filler("junk")], finds: [between("GARBAGE", 1)] },
      {
        name: "lines-before",
        made: "an empty line before the first record",
        parts: [filler("\r\n"), sound],
        finds: [between("EXTRA_NEWLINES", 0)],
      },
    ],
  },
  {
    clause: "4",
    says: "A record begins with WARC/, the version and CRLF",
    cases: [
      { name: "version-1-0", made: "WARC/1.0", parts: [record({ version: "WARC/1.0" })], finds: [] },
      { name: "version-0-17", made: "WARC/0.17", parts: [record({ version: "WARC/0.17" })], finds: of(0, "VERSION_NOT_STANDARD") },
      { name: "version-0-18", made: "WARC/0.18", parts: [record({ version: "WARC/0.18" })], finds: of(0, "VERSION_NOT_STANDARD") },
      { name: "version-unknown", made: "WARC/7.0", parts: [record({ version: "WARC/7.0" }), next], finds: of(0, "UNKNOWN_VERSION") },
      { name: "version-lower-case", made: "warc/1.1", parts: [record({ version: "warc/1.1" }), next], finds: of(0, "VERSION_LINE_FORM") },
      {
        name: "version-space",
        made: "a space behind the version",
        parts: [record({ version: "WARC/1.1 " }), next],
        finds: of(0, "VERSION_LINE_FORM"),
      },
    ],
  },
  {
    clause: "4",
    says: "Every line of a header ends with CRLF",
    cases: [
      {
        name: "lf-header",
        made: "LF in place of CRLF in the header, as ClueWeb09 has it",
        parts: [record({ eol: "\n" }), next],
        finds: of(0, "LF_LINE_ENDS"),
      },
      {
        name: "lf-everywhere",
        made: "LF in place of CRLF in header and trailer",
        parts: [record({ eol: "\n", trailer: "\n\n" }), record({ eol: "\n", trailer: "\n\n", set: { "WARC-Record-ID": id(2) } })],
        finds: [...of(0, "LF_LINE_ENDS", "BAD_TRAILER"), ...of(1, "LF_LINE_ENDS", "BAD_TRAILER")],
      },
    ],
  },
  {
    clause: "4",
    says: "A header ends with an empty line",
    cases: [
      {
        name: "header-cut",
        made: "the file ends within the header",
        parts: [{ ...sound, bytes: sound.bytes.subarray(0, sound.headLength - 2), headLength: sound.headLength - 2, blockLength: 0 }],
        finds: of(0, "HEADER_CUT", "RECORD_CUT"),
      },
      {
        name: "header-endless",
        made: "a header of more than 1 MiB",
        parts: [{ ...record({ lines: Array.from({ length: 1100 }, () => `X: ${"y".repeat(1000)}`) }), isLost: true }, next],
        finds: [between("HEADER_TOO_LONG", 0), between("GARBAGE", 0)],
      },
    ],
  },
  {
    clause: "4",
    says: "A block is followed by CRLF CRLF",
    cases: [
      { name: "no-trailer", made: "nothing behind the block", parts: [record({ trailer: "" }), next], finds: of(0, "BAD_TRAILER") },
      {
        name: "half-a-trailer",
        made: "one CRLF behind the block",
        parts: [record({ trailer: "\r\n" }), next],
        finds: of(0, "BAD_TRAILER"),
      },
      {
        name: "odd-trailer",
        made: "CR CR CR LF behind the block",
        parts: [record({ trailer: "\r\r\r\n" }), next],
        finds: of(0, "BAD_TRAILER"),
      },
      { name: "lf-trailer", made: "LF LF behind the block", parts: [record({ trailer: "\n\n" }), next], finds: of(0, "BAD_TRAILER") },
      {
        name: "long-trailer",
        made: "three CRLF behind the block",
        parts: [record({ trailer: "\r\n\r\n\r\n" }), next],
        finds: of(0, "EXTRA_NEWLINES"),
      },
      {
        name: "no-trailer-at-the-end",
        made: "nothing behind the block of the last record",
        parts: [record({ trailer: "" })],
        finds: of(0, "BAD_TRAILER"),
      },
    ],
  },
  {
    clause: "4",
    says: "A field is a name, a colon and a value; its name is a token",
    cases: [
      { name: "no-colon", made: "a header line without a colon", parts: [record({ lines: ["nothing"] }), next], finds: of(0, "NO_COLON") },
      {
        name: "space-before-colon",
        made: "a space between name and colon",
        parts: [record({ set: { "WARC-Date": undefined }, lines: ["WARC-Date : 2020-01-01T00:00:00Z"] }), next],
        finds: of(0, "SPACE_BEFORE_COLON"),
      },
      {
        name: "no-field-name",
        made: "a header line that begins with its colon",
        parts: [record({ lines: [": x"] }), next],
        finds: of(0, "EMPTY_FIELD_NAME"),
      },
      {
        name: "no-space-behind-colon",
        made: "fields without white space behind the colon",
        parts: [record({ lines: ["X:y"] })],
        finds: [],
      },
      { name: "much-space-behind-colon", made: "tabs and spaces around a value", parts: [record({ lines: ["X: \t y \t "] })], finds: [] },
      { name: "value-with-colons", made: "colons within a value", parts: [record({ lines: ["X: a:b::c"] })], finds: [] },
    ],
  },
  {
    clause: "4",
    says: "A value may go on in a next line that begins with white space; the community asks writers not to do so",
    cases: [
      {
        name: "folded-field",
        made: "a value on two lines",
        parts: [record({ lines: ["X: one", "\ttwo"] }), next],
        finds: of(0, "FOLDED_FIELD"),
      },
    ],
  },
  {
    clause: "4",
    says: "A header is UTF-8, without control characters",
    cases: [
      { name: "utf-8-value", made: "UTF-8 in a value", parts: [record({ lines: ["X: \xc3\xa9t\xc3\xa9"] })], finds: [] },
      { name: "latin-1-value", made: "Latin-1 in a value", parts: [record({ lines: ["X: \xe9t\xe9"] }), next], finds: of(0, "NOT_UTF8") },
      {
        name: "control-character",
        made: "the byte 1 in a value",
        parts: [record({ lines: ["X: a\x01b"] }), next],
        finds: of(0, "CONTROL_CHARACTER"),
      },
      {
        name: "zero-byte",
        made: "the byte 0 in a value",
        parts: [record({ lines: ["X: a\0b"] }), next],
        finds: of(0, "CONTROL_CHARACTER"),
      },
      {
        name: "lone-cr",
        made: "CR without LF in a value",
        parts: [record({ lines: ["X: a\rb"] }), next],
        finds: of(0, "CONTROL_CHARACTER"),
      },
      {
        name: "encoded-word",
        made: "an encoded word of RFC 2047, which is to be left as it is",
        parts: [record({ lines: ["X: =?UTF-8?Q?=C3=A9?="] })],
        finds: [],
      },
    ],
  },
  {
    clause: "4",
    says: "A block is any bytes, also such as look like a record",
    cases: [
      { name: "record-in-block", made: "a record as the block of a record", parts: [record({ block: record().bytes }), next], finds: [] },
      { name: "empty-block", made: "a block of no bytes", parts: [record({ block: "" }), next], finds: [] },
      { name: "line-ends-in-block", made: "a block of line ends only", parts: [record({ block: "\r\n\r\n\r\n" }), next], finds: [] },
    ],
  },
];
