import { arcRecord, filedesc } from "../record.ts";
import { of, type Requirement } from "../requirement.ts";

const second = arcRecord({ line: "http://b.example/ 192.0.2.1 20200101000000 text/plain" });

/** Of ARC files, which came before WARC. */
export const arc: readonly Requirement[] = [
  {
    clause: "ARC 1.0",
    says: "A file begins with its filedesc record, and each record with a line of five fields",
    cases: [
      { name: "arc", made: "three records", parts: [filedesc, arcRecord(), second], finds: [] },
      { name: "arc-no-filedesc", made: "no filedesc record", parts: [arcRecord(), second], finds: of(0, "ARC_NO_FILEDESC") },
      {
        name: "arc-ten-fields",
        made: "a line of ten fields, of version 2",
        parts: [filedesc, arcRecord({ line: "http://a.example/ 192.0.2.1 20200101000000 text/plain 200 - - 0 a.arc" }), second],
        finds: [],
      },
      {
        name: "arc-ip-0",
        made: "0 for the address",
        parts: [filedesc, arcRecord({ line: "http://a.example/ 0 20200101000000 text/plain" }), second],
        finds: [],
      },
      {
        name: "arc-alexa",
        made: "the media type alexa/dat",
        parts: [filedesc, arcRecord({ line: "http://a.example/ 192.0.2.1 20200101000000 alexa/dat" }), second],
        finds: [],
      },
      {
        name: "arc-space-in-url",
        made: "spaces in the URL",
        parts: [filedesc, arcRecord({ line: "http://a.example/b c 192.0.2.1 20200101000000 text/plain" }), second],
        finds: of(1, "ARC_SPACE_IN_FIELD"),
      },
      {
        name: "arc-space-in-type",
        made: "a parameter in the media type",
        parts: [filedesc, arcRecord({ line: "http://a.example/ 192.0.2.1 20200101000000 text/html; charset=x" }), second],
        finds: of(1, "ARC_SPACE_IN_FIELD"),
      },
      {
        name: "arc-crlf",
        made: "a header line that ends with CRLF",
        parts: [filedesc, arcRecord({ eol: "\r\n" }), second],
        finds: of(1, "ARC_CRLF_LINE"),
      },
    ],
  },
  {
    clause: "ARC 1.0",
    says: "The date has 14 digits",
    cases: ["20200101", "202001010000", "2020010100000000", "2020010100000000000000000000"].map((date) => ({
      name: `arc-date-of-${date.length}`,
      made: `a date of ${date.length} digits`,
      parts: [filedesc, arcRecord({ line: `http://a.example/ 192.0.2.1 ${date} text/plain` }), second],
      finds: of(1, "ARC_BAD_DATE"),
    })),
  },
  {
    clause: "ARC 1.0",
    says: "The length is the number of bytes in the block",
    cases: [
      {
        name: "arc-negative-length",
        made: "the length -1",
        parts: [filedesc, arcRecord({ length: "-1", block: "" }), second],
        finds: of(1, "ARC_BAD_LENGTH"),
      },
      {
        name: "arc-length-in-words",
        made: "the length five",
        parts: [filedesc, arcRecord({ length: "five", block: "" }), second],
        finds: of(1, "ARC_BAD_LENGTH"),
      },
      {
        name: "arc-cut",
        made: "the file ends within a block",
        parts: [filedesc, arcRecord({ length: "50", reads: 25 })],
        finds: of(1, "RECORD_CUT"),
      },
    ],
  },
  {
    clause: "ARC 1.0",
    says: "A line end parts a record from the next",
    cases: [
      {
        name: "arc-no-separator",
        made: "nothing between two records",
        parts: [filedesc, arcRecord({ trailer: "" }), second],
        finds: of(1, "ARC_NO_SEPARATOR"),
      },
      {
        name: "arc-extra-newlines",
        made: "three line ends between two records",
        parts: [filedesc, arcRecord({ trailer: "\n\n\n" }), second],
        finds: of(1, "EXTRA_NEWLINES"),
      },
    ],
  },
];
