import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { gzipSync } from "node:zlib";
import type { Finding } from "../finding.ts";
import { checkFields } from "./check-fields.ts";
import { readRecords } from "./read-records.ts";
import type { ArchiveRecord, Extent } from "./record.ts";

const id = "WARC-Record-ID: <urn:uuid:00000000-0000-4000-8000-000000000000>";
const fixed = ["WARC-Type: resource", "WARC-Target-URI: http://a/", id, "WARC-Date: 2020-01-01T00:00:00Z", "Content-Type: text/plain"];

/** A record as it should be, but for what is given. */
function record({
  version = "WARC/1.1",
  fields = fixed,
  length = "Content-Length: 5",
  block = "hello",
  eol = "\r\n",
  trailer = "\r\n\r\n",
} = {}): string {
  return [version, ...fields, ...(length ? [length] : []), "", block].join(eol) + trailer;
}

/** Each quirk that some tool has written: what is read all the same, and what is said about it. */
const quirks: readonly {
  name: string;
  file: string;
  codes: readonly string[];
  records?: number;
  line?: number;
  targetUri?: string;
  block?: string;
}[] = [
  { name: "as it should be", file: record(), codes: [] },
  { name: "no trailer", file: record({ trailer: "" }) + record(), codes: ["BAD_TRAILER"], records: 2 },
  { name: "half a trailer", file: record({ trailer: "\r\n" }) + record(), codes: ["BAD_TRAILER"], records: 2 },
  { name: "an odd trailer", file: record({ trailer: "\r\r\r\n" }) + record(), codes: ["BAD_TRAILER"], records: 2 },
  { name: "too long a trailer", file: record({ trailer: "\r\n\r\n\r\n" }) + record(), codes: ["EXTRA_NEWLINES"], records: 2 },
  { name: "LF for CRLF in the header", file: record({ eol: "\n" }), codes: ["LF_LINE_ENDS"], line: 1 },
  { name: "a folded value", file: record({ fields: [...fixed, "X: one", "\ttwo"] }), codes: ["FOLDED_FIELD"], line: 8 },
  { name: "a line without a colon", file: record({ fields: [...fixed, "nothing"] }), codes: ["NO_COLON"], line: 7 },
  {
    name: "space before the colon",
    file: record({ fields: [...fixed.slice(1), "WARC-Type : resource"] }),
    codes: ["SPACE_BEFORE_COLON"],
    line: 6,
  },
  { name: "a field without a name", file: record({ fields: [...fixed, ": x"] }), codes: ["EMPTY_FIELD_NAME"], line: 7 },
  { name: "a control character", file: record({ fields: [...fixed, "X: a\x01b"] }), codes: ["CONTROL_CHARACTER"], line: 7 },
  { name: "a field that is not UTF-8", file: record({ fields: [...fixed, "X: \xe9t\xe9"] }), codes: ["NOT_UTF8"], line: 7 },
  { name: "an encoded word is left as it is", file: record({ fields: [...fixed, "X: =?UTF-8?Q?=C3=A9?="] }), codes: [] },
  { name: "the version in lower case", file: record({ version: "warc/1.0" }), codes: ["VERSION_LINE_FORM"], line: 1 },
  { name: "a draft's version", file: record({ version: "WARC/0.18" }), codes: ["VERSION_NOT_STANDARD"], line: 1 },
  { name: "a version that is none", file: record({ version: "WARC/7.0" }), codes: ["UNKNOWN_VERSION"], line: 1 },
  { name: "junk before the first record", file: `junk\n${record()}`, codes: ["GARBAGE"] },
  { name: "junk between records", file: `${record()}junk WARC/1.0 junk\r\n\r\n${record()}`, codes: ["GARBAGE"], records: 2 },
  { name: "junk behind the last record", file: `${record()}junk`, codes: ["GARBAGE"] },
  {
    name: "no Content-Length",
    file: record({ length: "" }) + record(),
    codes: ["NO_LENGTH", "BAD_TRAILER", "GARBAGE"],
    records: 2,
    block: "",
  },
  {
    name: "a negative Content-Length",
    file: record({ length: "Content-Length: -1" }),
    codes: ["BAD_LENGTH", "BAD_TRAILER", "GARBAGE"],
    block: "",
  },
  { name: "a Content-Length in words", file: record({ length: "Content-Length: five", block: "" }), codes: ["BAD_LENGTH"], block: "" },
  { name: "two Content-Lengths", file: record({ length: "Content-Length: 5\r\nContent-Length: 9" }), codes: ["REPEATED_LENGTH"], line: 8 },
  {
    name: "a Content-Length too small by one",
    file: record({ block: "hellos" }) + record(),
    codes: ["BAD_TRAILER", "GARBAGE"],
    records: 2,
  },
  { name: "a block that the file ends in", file: record({ length: "Content-Length: 50" }), codes: ["RECORD_CUT"], block: "hello\r\n\r\n" },
  {
    name: "<uri> in the target",
    file: record({ fields: fixed.with(1, "WARC-Target-URI: <http://a/>") }),
    codes: ["ANGLED_TARGET_URI"],
    targetUri: "http://a/",
  },
  {
    name: "a space in the target",
    file: record({ fields: fixed.with(1, "WARC-Target-URI: http://a/b c") }),
    codes: ["BAD_FIELD"],
    targetUri: "http://a/b%20c",
  },
  {
    name: "a date of 1.1 in 1.0",
    file: record({ version: "WARC/1.0", fields: fixed.with(3, "WARC-Date: 2020-01-01T00:00:00.5Z") }),
    codes: ["DATE_OF_1_1"],
    line: 5,
  },
  {
    name: "a date that is none",
    file: record({ fields: fixed.with(3, "WARC-Date: 2020-02-30T00:00:00Z") }),
    codes: ["BAD_FIELD"],
    line: 5,
  },
  { name: "nothing at all", file: "", codes: ["NO_RECORDS"], records: 0 },
];

describe("what tools have written is read, and what is wrong with it is said", () => {
  for (const { name, file, codes, records = 1, line, targetUri, block = "hello" } of quirks)
    test(name, async () => {
      const read = await readAll(Buffer.from(file, "latin1"));
      assert.deepEqual(
        read.findings.map(({ code }) => code),
        codes,
      );
      assert.equal(read.records.length, records);
      if (line !== undefined) assert.equal(read.findings[0]?.line, line);
      if (targetUri !== undefined) assert.equal(read.records[0]?.record.targetUri, targetUri);
      if (records > 0) assert.equal(read.records[0]?.block, block);
    });

  test("a header that has no end is no header", async () => {
    const { findings, records } = await readAll(Buffer.from(`WARC/1.1\r\n${"X: y\r\n".repeat(200_000)}\r\n\r\n${record()}`));
    assert.deepEqual(
      findings.map(({ code }) => code),
      ["HEADER_TOO_LONG", "GARBAGE"],
    );
    assert.equal(records.length, 1);
  });

  test("a Content-Length that goes into the next member does not swallow its record", async () => {
    const file = Buffer.concat([record({ length: "Content-Length: 500" }), record()].map((each) => gzipSync(each)));
    const { findings, records } = await readAll(file);
    assert.equal(records.length, 2);
    assert.deepEqual(
      findings.map(({ code, record }) => [code, record]),
      [["RECORD_CUT", 0]],
    );
  });

  test("a record in two members is joined", async () => {
    const whole = Buffer.from(record());
    const file = Buffer.concat([gzipSync(whole.subarray(0, -7)), gzipSync(whole.subarray(-7)), gzipSync(whole)]);
    const { findings, records } = await readAll(file);
    assert.equal(records[0]?.block, "hello");
    assert.equal(records[1]?.record.offset, (records[0]?.extent.length ?? 0) + (records[0]?.record.offset ?? 0));
    assert.deepEqual(
      findings.map(({ code }) => code),
      ["SPLIT_RECORD"],
    );
  });
});

const filedesc =
  "filedesc://x.arc 0.0.0.0 20200101000000 text/plain 66\n1 1 Tool\nURL IP-address Archive-date Content-type Archive-length\n\n\n";

describe("lines of ARC files, as tools have written them", () => {
  const lines: readonly { name: string; line: string; codes: readonly string[]; url?: string; date?: string | undefined; type?: string }[] =
    [
      {
        name: "as it should be",
        line: "http://a/ 1.2.3.4 20200102030405 text/html 5",
        codes: [],
        date: "2020-01-02T03:04:05Z",
        type: "text/html",
      },
      {
        name: "spaces in the URL",
        line: "http://a/b c d 0 20200102030405 text/html 5",
        codes: ["ARC_SPACE_IN_FIELD"],
        url: "http://a/b%20c%20d",
      },
      {
        name: "spaces in the media type",
        line: "http://a/ 1.2.3.4 20200102030405 text/html; charset=x 5",
        codes: ["ARC_SPACE_IN_FIELD"],
        type: "text/html; charset=x",
      },
      {
        name: "a date of 12 digits",
        line: "http://a/ 1.2.3.4 200012120739 text/html 5",
        codes: ["ARC_BAD_DATE"],
        date: "2000-12-12T07:39:00Z",
      },
      {
        name: "a date of 16 digits",
        line: "http://a/ 1.2.3.4 2000121207394211 text/html 5",
        codes: ["ARC_BAD_DATE"],
        date: "2000-12-12T07:39:42Z",
      },
      { name: "a date that is none", line: "http://a/ 1.2.3.4 99999999999999 text/html 5", codes: [], date: undefined },
      {
        name: "ten fields of version 2",
        line: "http://a/ 1.2.3.4 20200102030405 text/html 200 - - 0 x.arc 5",
        codes: [],
        type: "text/html",
      },
      { name: "a media type that is an error", line: "http://a/ 1.2.3.4 20110104111607 ERROR: 5", codes: [], type: "ERROR:" },
      { name: "alexa/dat", line: "http://a/ 1.2.3.4 20110104111607 alexa/dat 5", codes: [], type: "alexa/dat" },
    ];
  for (const { name, line, codes, ...expected } of lines)
    test(name, async () => {
      const { records, findings } = await readAll(Buffer.from(`${filedesc}${line}\nhello\n`));
      assert.deepEqual(
        findings.map(({ code }) => code),
        codes,
      );
      const { record: found, block } = records[1] ?? assert.fail("there is no second record");
      assert.equal(block, "hello");
      if (expected.url !== undefined) assert.equal(found.targetUri, expected.url);
      if ("date" in expected) assert.equal(found.date, expected.date);
      if (expected.type !== undefined) assert.equal(found.contentType, expected.type);
    });

  test("a file without its filedesc record is read", async () => {
    const { records, findings } = await readAll(Buffer.from("http://a/ 1.2.3.4 20200102030405 text/html 5\nhello\n"));
    assert.equal(records.length, 1);
    assert.deepEqual(
      findings.map(({ code }) => code),
      ["ARC_NO_FILEDESC"],
    );
  });
});

describe("a policy decides what becomes of a finding", () => {
  const file = Buffer.from(record({ eol: "\n", trailer: "" }));

  test("what is ignored is not told, nor kept", async () => {
    const told: string[] = [];
    const options = {
      report: ({ code }: Finding) => told.push(code),
      policy: ({ code }: Finding) => (code === "LF_LINE_ENDS" ? "ignore" : "report"),
    } as const;
    for await (const each of readRecords(file, options)) {
      await each.end();
      assert.deepEqual(
        each.findings.map(({ code }) => code),
        ["BAD_TRAILER"],
      );
    }
    assert.deepEqual(told, ["BAD_TRAILER"]);
  });

  test("what fails is thrown, with its place and clause", async () => {
    const read = async () => {
      for await (const each of readRecords(file, { policy: ({ severity }) => (severity === "error" ? "fail" : "report") }))
        await each.end();
    };
    await assert.rejects(read, { name: "WarcError", code: "LF_LINE_ENDS", message: /at byte 0, clause 4/ });
  });
});

test("a file that is packed as none should be is told by its packing", async () => {
  const { findings } = await readAll(Buffer.from([0x04, 0x22, 0x4d, 0x18, 0x60, 0x40, 0x82]));
  assert.equal(findings[0]?.code, "UNKNOWN_PACKING");
});

test("a record that was passed over cannot be read as if it were empty", async () => {
  const passed: ArchiveRecord[] = [];
  for await (const each of readRecords(Buffer.from(record() + record()))) passed.push(each);
  const read = async () => {
    for await (const _ of passed[0]?.block ?? []) assert.fail("there is nothing to read");
  };
  await assert.rejects(read, { code: "RECORD_PASSED" });
});

async function readAll(input: Uint8Array) {
  const findings: Finding[] = [];
  const records: { record: ArchiveRecord; extent: Extent; block: string }[] = [];
  for await (const record of readRecords(input, { report: (finding) => findings.push(finding) })) {
    const parts: Uint8Array[] = [];
    for await (const bytes of record.block) parts.push(bytes);
    const extent = await record.end();
    if (record.format === "warc" && record.contentLength !== undefined) findings.push(...checkFields(record));
    records.push({ record, extent, block: Buffer.concat(parts).toString("latin1") });
  }
  return { findings, records };
}
