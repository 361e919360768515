import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { fixture } from "../../test/fixture.ts";
import { sample, withoutSamples } from "../../test/samples.ts";
import { cdx9, cdx11, formatCdx, formatLegend } from "./cdx.ts";
import { formatCdxj, parseCdxj } from "./cdxj.ts";
import { type IndexOptions, indexRecords } from "./index-records.ts";
import type { Indexed } from "./indexed.ts";

async function index(file: string | Uint8Array, options: Partial<IndexOptions> = {}): Promise<Indexed[]> {
  const bytes = typeof file === "string" ? fixture(file) : file;
  const lines: Indexed[] = [];
  for await (const line of indexRecords(bytes, { filename: typeof file === "string" ? file : "a.warc", ...options })) lines.push(line);
  return lines;
}

describe("an index of an archive", () => {
  test("has a line for each record that can be replayed, with its stored place", async () => {
    assert.deepEqual((await index("example.warc.gz")).map(formatCdxj), [
      'com,example)/ 20170306040206 {"url": "http://example.com/", "mime": "text/html", "status": "200", "digest": "sha1:G7HRM7BGOKSKMSXZAHMUQTTV53QOFSMK", "length": "1228", "offset": "784", "filename": "example.warc.gz"}',
      'com,example)/ 20170306040348 {"url": "http://example.com/", "mime": "warc/revisit", "status": "200", "digest": "sha1:G7HRM7BGOKSKMSXZAHMUQTTV53QOFSMK", "length": "586", "offset": "2621", "filename": "example.warc.gz"}',
    ]);
  });

  test("takes the digest of a payload that declares none", async () => {
    const [line] = await index("example.arc");
    assert.equal(
      line && formatCdx(line, cdx11),
      "com,example)/ 20140216050221 http://example.com/ text/html 200 B2LTWWPUOYAH7UIPQ7ZUPQ4VMBSVC36A - - 1656 151 example.arc",
    );
  });

  test("has what was posted in the key of the response beside it", async () => {
    const lines = await index("post-test.warc.gz", { postAppend: true, fields: ["req.http:cookie"] });
    assert.deepEqual(
      lines.map(({ urlkey, others }) => [urlkey, others]),
      [
        ["foo=bar&test=abc", "foo=bar&test=abc"],
        ["a=1&b=[]&c=3", "A=1&B=[]&C=3"],
        ["data=^&foo=bar", "data=^"],
      ].map(([query, requestBody]) => [
        `org,httpbin)/post?__wb_method=post&${query}`,
        { requestBody, method: "POST", "req.http:cookie": "Max-Age=3600; Path=/" },
      ]),
    );
  });

  test("gives a request to one response only, before it or behind it, by its name or its URL", async () => {
    const record = (type: string, id: string, body: string, more = "") =>
      `WARC/1.1\r\nWARC-Type: ${type}\r\nWARC-Record-ID: <${id}>\r\nWARC-Date: 2020-01-01T00:00:00Z\r\nWARC-Target-URI: http://a/\r\n${more}Content-Type: application/http\r\nContent-Length: ${body.length}\r\n\r\n${body}\r\n\r\n`;
    const post = (body: string) => `POST / HTTP/1.1\r\nContent-Type: application/x-www-form-urlencoded\r\n\r\n${body}`;
    const ok = "HTTP/1.1 200 OK\r\n\r\n";
    const file = [
      record("response", "1", ok),
      record("request", "2", post("q=1")),
      record("response", "3", ok),
      record("request", "4", post("q=2"), "WARC-Concurrent-To: <5>\r\n"),
      record("response", "5", ok),
    ];
    const keys = async (records: readonly string[]) =>
      (await index(Buffer.from(records.join("")), { postAppend: true })).map(({ urlkey }) => urlkey.slice(4));
    assert.deepEqual(await keys(file), ["__wb_method=post&q=1", "__wb_method=post&q=2", ""]);
    assert.deepEqual(await keys(file.slice(3)), ["__wb_method=post&q=2"]);
  });

  test("has the records of the types that are asked for, and the fields", async () => {
    const [first] = await index("example.warc.gz", { types: "all" });
    assert.equal(
      first && formatCdxj(first),
      '- 20170306040353 {"mime": "application/warc-fields", "length": "353", "offset": "0", "filename": "example.warc.gz"}',
    );
    const requests = await index("example.warc.gz", { types: new Set(["request"]), fields: ["method", "WARC-Type", "referrer"] });
    assert.deepEqual(
      requests.map(({ others }) => [others?.["method"], others?.["WARC-Type"]]),
      [
        ["GET", "request"],
        ["GET", "request"],
      ],
    );
  });
});

interface LinesVector {
  readonly source: string;
  readonly file: string;
  readonly nameInLines: string;
  readonly args: readonly string[];
  readonly lines?: readonly string[];
  /** Of another sample that has the lines. */
  readonly linesEqualFile?: string;
}

/** Options of others that ours has no word for. */
const withoutCounterpart: readonly [option: RegExp, because: string][] = [
  [/^index/, "lists fields of records, not an index: warc ls --json"],
  [/minimal/, "leaves out what is read anyway"],
  [/digest_records/, "a digest of the record as it is unpacked, which no look-up asks for"],
  [/dir_root|replace_fields/, "shapes lines that jq can shape"],
];

/** Where ours differs on purpose. */
const differences: readonly { readonly which: RegExp; readonly because: string; readonly theirs: (line: string) => string }[] = [
  {
    which: /pywb \S*(example|dupes)\.warc\.gz/,
    because: "the HTTP head of a revisit tells its status (ISO 28500:2017 6.7.2), which pywb does not look at",
    theirs: (line) => line.replace("warc/revisit -", "warc/revisit 200").replace('"warc/revisit",', '"warc/revisit","status":"200",'),
  },
  {
    which: /cdxj-indexer \S*example\.warc\.gz fields="method,referrer/,
    because: "a revisit answers a request as a response does",
    theirs: (line) =>
      line.replace(
        /(?<="585".*), "http:date"/,
        ', "method": "GET", "referrer": "https://webrecorder.io/temp-MJFXHZ4S/temp/recording-session/record/http://example.com/", "http:date"',
      ),
  },
  {
    which: /pywb \S*dupes/,
    because: "`unk` is no media type: what the response does not say is absent",
    theirs: (line) => line.replace(" unk ", " - "),
  },
  {
    which: /pywb \S*bad\.arc/,
    because: "the records hold no HTTP message that could have a type or a status",
    theirs: (line) => line.replace(/text\/(html|plain) 200/, "- -"),
  },
  {
    which: /\S*bad\.arc/,
    because: "the record whose length is 1 has the byte that stands there, a line end",
    theirs: (line) => line.replace(/3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ(?= - - 59 202 )/, "VXEDWGPHSNERWHDOUD6YWRWNT4ZOLEX4"),
  },
  {
    which: /warcio\.js \S*post-test-more/,
    because: "a chunked body that was posted is read without its chunks, as cdxj-indexer does too",
    theirs: (line) =>
      line
        .replace("na0kc29tzq0kza0ky2h1bmstzw5jb2rlza0kna0kzgf0yq0kma0kdqo=", "c29tzwnodw5rlwvuy29kzwrkyxrh")
        .replace("NA0Kc29tZQ0KZA0KY2h1bmstZW5jb2RlZA0KNA0KZGF0YQ0KMA0KDQo=", "c29tZWNodW5rLWVuY29kZWRkYXRh"),
  },
];

describe("lines that the tests of other tools state", { skip: withoutSamples }, () => {
  const vectors: LinesVector[] = withoutSamples ? [] : JSON.parse(sample("vectors/cdx-lines.json").toString());
  for (const { source, file, nameInLines, args, lines, linesEqualFile } of vectors) {
    const option = args.join(" ");
    const tool = source.split("@")[0] ?? "";
    const skip = withoutCounterpart.find(([pattern]) => pattern.test(option))?.[1] ?? false;
    test(`${tool} ${file} ${option}`, { skip }, async () => {
      const found = await index(sample(file), { filename: nameInLines, ...optionsOf(tool, option) });
      const made = option.includes("sort=True") ? found.toSorted((a, b) => (formatCdxj(a) < formatCdxj(b) ? -1 : 1)) : found;
      const stated =
        lines ??
        sample(linesEqualFile ?? "")
          .toString()
          .trimEnd()
          .split("\n");
      const expected = stated.map((line) =>
        differences.reduce((text, { which, theirs }) => (which.test(`${tool} ${file} ${option}`) ? theirs(text) : text), line),
      );
      const legend = expected[0]?.startsWith(" CDX") ? (expected[0] === formatLegend(cdx9) ? cdx9 : cdx11) : undefined;
      if (legend) assert.deepEqual([formatLegend(legend), ...made.map((line) => formatCdx(line, legend))], expected);
      else if (option.includes("--format cdx"))
        assert.deepEqual(
          made.map((line) => formatCdx(line, cdx11)),
          expected,
        );
      else if (tool === "webrecorder/cdxj-indexer") assert.deepEqual(made.map(formatCdxj), expected);
      else assert.deepEqual(made.map(formatCdxj).map(fieldsOf), expected.map(fieldsOf));
    });
  }
});

function optionsOf(tool: string, option: string): Partial<IndexOptions> {
  const types = /records="([^"]*)"/.exec(option)?.[1] ?? (/--all/.test(option) ? "all" : /include_all/.test(option) ? "pywb" : undefined);
  const fields = /(?:--fields <default fields>,|fields=")([^"]*)/.exec(option)?.[1]?.split(",");
  return {
    postAppend: tool === "webrecorder/warcio.js" || /post_append|append_post/.test(option),
    ...(fields && { fields }),
    // By all pywb means those of captures.
    ...(types && {
      types:
        types === "all"
          ? types
          : new Set(types === "pywb" ? ["response", "request", "revisit", "resource", "metadata", "arc"] : types.split(",")),
    }),
  };
}

/** What a line of CDXJ says, whatever its blanks are, the order of its fields, numbers or texts, and the label of a digest. */
function fieldsOf(line: string): unknown {
  const { entry } = parseCdxj(line);
  const { method, ...others } = entry?.others ?? {};
  return { ...entry, digest: entry?.digest?.replace(/^sha1:/, ""), others };
}
