import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { deflateRawSync, gzipSync } from "node:zlib";
import { fixture } from "../../test/fixture.ts";
import { gather, gatherAll } from "../../test/gather.ts";
import { sample, withoutSamples } from "../../test/samples.ts";
import { accessBytes } from "../bytes/part.ts";
import { platform } from "../bytes/platform-node.ts";
import type { Finding } from "../finding.ts";
import { deflate } from "../zip/entry.ts";
import { ZipWriter } from "../zip/zip-writer.ts";
import { formatDatapackage, formatDigest } from "./datapackage.ts";
import { sha256Of } from "./resource-writer.ts";
import { validateWacz } from "./validate.ts";
import { waczCodes } from "./wacz-finding.ts";

describe("a WACZ file of another writer", () => {
  const codes = async (bytes: Uint8Array) => (await gatherAll(validateWacz(accessBytes(bytes)))).map(({ code }) => code);

  test("that its writer calls valid has no error in it", async () => {
    assert.deepEqual(await codes(fixture("valid_signed_example_1.wacz")), ["WACZ_NO_CONTEXT"]);
    assert.deepEqual(await codes(fixture("valid_example_2.wacz")), ["WACZ_NO_CONTEXT", "WACZ_ARCHIVE_NAME"]);
  });

  const others: Readonly<Record<string, readonly string[]>> = {
    "webrecorder-replayweb.page/example.wacz": [],
    "webrecorder-pywb/waczs/valid_example_1.wacz": [],
    "webrecorder-pywb/waczs/invalid_example_1.wacz": [
      "WACZ_NO_ARCHIVE",
      "WACZ_NO_INDEX",
      "WACZ_NO_PAGES",
      "WACZ_NO_VERSION",
      "WACZ_BAD_RESOURCE",
      "WACZ_MISSING_FILE",
      "WACZ_UNLISTED_FILE",
    ],
    "harvard-lil-warcbench/before.wacz": ["WACZ_BAD_HASH"],
    "harvard-lil-warcbench/after.wacz": ["WACZ_BAD_HASH"],
    "harvard-lil-warcbench/example.com.wacz": ["WACZ_BAD_HASH"],
    "Florents-Tselai-WarcDB/scoop.wacz": ["WACZ_BAD_HASH"],
  };
  for (const [file, errors] of Object.entries(others))
    test(`has the errors that are known of it: ${file}`, { skip: withoutSamples }, async () => {
      const findings = await gatherAll(validateWacz(accessBytes(sample(file))));
      assert.deepEqual(
        findings.filter(({ severity }) => severity === "error").map(({ code }) => code),
        errors,
      );
    });
});

const line = (key: string, offset: number, length: number) =>
  `${key} 20200101000000 {"url": "http://a/", "offset": "${offset}", "length": "${length}", "filename": "a.warc.gz"}\n`;
const page = (properties: object) =>
  `${JSON.stringify({ format: "json-pages-1.0", id: "pages", title: "All" })}\n${JSON.stringify(properties)}\n`;
const sound: Readonly<Record<string, Uint8Array | string>> = {
  "archive/a.warc.gz": fixture("example.warc.gz"),
  "indexes/index.cdx": line("com,example)/", 784, 1228),
  "pages/pages.jsonl": page({ url: "http://example.com/", ts: "2020-01-01T00:00:00Z" }),
};
const block = (digest: string) => `com,example)/ 20200101000000 ${JSON.stringify({ offset: 0, length: 5, digest })}\n`;

/** What is made of the sound files, of `datapackage.json` as it is parsed, and of `datapackage-digest.json`. */
interface Case {
  readonly files?: Readonly<Record<string, Uint8Array | string | undefined>>;
  readonly datapackage?: (json: { [name: string]: unknown; resources: Record<string, unknown>[] }) => unknown;
  readonly digest?: (hash: string) => string | undefined;
  readonly packed?: string;
  readonly name?: string;
}

const cases: readonly (readonly [code: string, what: string, made: Case])[] = [
  [
    "WACZ_ARCHIVE_NAME",
    "a packed archive without .gz",
    { files: { "archive/a.warc.gz": undefined, "archive/a.warc": fixture("example.warc.gz") } },
  ],
  ["WACZ_BAD_BLOCK", "a list of blocks without its index", { files: { "indexes/x.idx": block("") } }],
  ["WACZ_BAD_BLOCK", "a block that is another", { files: { "indexes/x.cdx.gz": gzipSync(""), "indexes/x.idx": block("sha256:00") } }],
  ["WACZ_BAD_BLOCK", "a block behind the end", { files: { "indexes/x.cdx.gz": "", "indexes/x.idx": block("sha256:00") } }],
  ["WACZ_BAD_DATAPACKAGE", "a list", { datapackage: () => [] }],
  ["WACZ_BAD_DATAPACKAGE", "no list of resources", { datapackage: (json) => ({ ...json, resources: 1 }) }],
  ["WACZ_BAD_DATE", "a day that there is not", { datapackage: (json) => ({ ...json, created: "2020-13-01T00:00:00Z" }) }],
  ["WACZ_BAD_DIGEST", "another hash", { digest: () => formatDigest("sha256:00") }],
  ["WACZ_BAD_DIGEST", "another path", { digest: (hash) => JSON.stringify({ path: "x", hash }) }],
  ["WACZ_BAD_DIGEST", "no JSON", { digest: () => "{" }],
  ["WACZ_BAD_HASH", "another hash", { datapackage: (json) => withFirst(json, { hash: `sha256:${"0".repeat(64)}` }) }],
  ["WACZ_BAD_INDEX_LINE", "no CDXJ", { files: { "indexes/index.cdx": "com,example)/ 20200101000000 text/html 200\n" } }],
  ["WACZ_BAD_PAGE", "no url", { files: { "pages/pages.jsonl": page({ ts: "2020-01-01T00:00:00Z" }) } }],
  ["WACZ_BAD_PAGE", "no time", { files: { "pages/pages.jsonl": page({ url: "http://a/", ts: "today" }) } }],
  ["WACZ_BAD_PAGE", "no JSON", { files: { "pages/pages.jsonl": page([]) } }],
  ["WACZ_BAD_RESOURCE", "no hash", { datapackage: (json) => withFirst(json, { hash: undefined }) }],
  ["WACZ_BAD_RESOURCE", "no path", { datapackage: (json) => withFirst(json, { path: undefined }) }],
  ["WACZ_BAD_SIZE", "another size", { datapackage: (json) => withFirst(json, { bytes: 1 }) }],
  ["WACZ_FILE_NAME", "a name of another kind", { name: "a.zip" }],
  ["WACZ_FOREIGN_FILE", "a picture", { files: { "pages/a.png": "x" } }],
  ["WACZ_INDEX_ORDER", "lines that are not sorted", { files: { "indexes/index.cdx": line("b)/", 784, 1228) + line("a)/", 784, 1228) } }],
  ["WACZ_INDEX_PLACE", "a record behind the end", { files: { "indexes/index.cdx": line("a)/", 784, 99_999) } }],
  ["WACZ_MISSING_FILE", "a file that is not there", { datapackage: (json) => withFirst(json, { path: "archive/b.warc.gz" }) }],
  ["WACZ_NO_ARCHIVE", "no archive", { files: { "archive/a.warc.gz": undefined } }],
  ["WACZ_NO_CONTEXT", "no title", { datapackage: (json) => ({ ...json, title: undefined }) }],
  ["WACZ_NO_DATAPACKAGE", "no list", { datapackage: () => undefined }],
  ["WACZ_NO_DIGEST", "no digest", { digest: () => undefined }],
  ["WACZ_NO_INDEX", "no index", { files: { "indexes/index.cdx": undefined } }],
  ["WACZ_NO_PAGES", "no pages", { files: { "pages/pages.jsonl": undefined } }],
  ["WACZ_NO_PAGES_HEADER", "no header", { files: { "pages/pages.jsonl": '{"url":"http://a/","ts":"2020-01-01T00:00:00Z"}\n' } }],
  ["WACZ_NO_VERSION", "no version", { datapackage: (json) => ({ ...json, wacz_version: undefined }) }],
  [
    "WACZ_OLD_RESOURCE",
    "sizes and hashes as in 1.0.0",
    {
      datapackage: ({ resources, ...json }) => ({
        ...json,
        resources: resources.map(({ path, hash, bytes }) => ({ path, stats: { hash: String(hash).slice(7), bytes }, hashing: "sha256" })),
      }),
    },
  ],
  ["WACZ_OTHER_VERSION", "a version of the future", { datapackage: (json) => ({ ...json, wacz_version: "7" }) }],
  ["WACZ_PACKED", "an archive that the ZIP file packs", { packed: "archive/a.warc.gz" }],
  ["WACZ_PROFILE", "another profile", { datapackage: (json) => ({ ...json, profile: "tabular-data-package" }) }],
  ["WACZ_UNLISTED_FILE", "a file that is not in the list", { datapackage: (json) => ({ ...json, resources: json.resources.slice(1) }) }],
];

describe("a WACZ file that does not keep to the specification", () => {
  test("is not what all the others are made of", async () => assert.deepEqual(await findings({}), []));

  for (const [code, what, made] of cases)
    test(`is told by ${code}: ${what}`, async () => {
      const found = await findings(made);
      assert.ok(
        found.some((finding) => finding.code === code),
        JSON.stringify(found),
      );
      // What says that a file is another one may be told of other files too, but nothing that has no reason.
      assert.deepEqual(new Set(found.map((finding) => finding.code).filter((other) => other !== code && !follows.has(other))), new Set());
    });

  test("may be the draft of 1.2.0", async () => {
    assert.deepEqual(await findings({ datapackage: ({ wacz_version: _, ...json }) => ({ ...json, profile: "wacz" }) }), []);
  });

  test("has a case here for every code that there is", () => assert.deepEqual([...new Set(cases.map(([code]) => code))], waczCodes));
});

/** What comes of a file that is missing, or of a list that is. */
const follows: ReadonlySet<string> = new Set(["WACZ_UNLISTED_FILE", "WACZ_INDEX_PLACE", "WACZ_NO_ARCHIVE", "WACZ_NO_INDEX"]);

function withFirst(json: { resources: Record<string, unknown>[] }, changed: object): unknown {
  return { ...json, resources: json.resources.map((resource, index) => (index === 0 ? { ...resource, ...changed } : resource)) };
}

async function findings(made: Case): Promise<Finding[]> {
  return gatherAll(validateWacz(accessBytes(await make(made)), made.name ?? "a.wacz"));
}

async function make({ files, datapackage = (json) => json, digest = formatDigest, packed }: Case): Promise<Uint8Array> {
  const sink = gather();
  const zip = new ZipWriter(sink, new Date(0));
  const add = async (name: string, content: Uint8Array) => {
    if (name === packed) return addPacked(zip, name, content);
    const file = await zip.begin(name);
    await file.write(content);
    await file.end();
  };
  const contents = Object.entries({ ...sound, ...files }).flatMap(([path, content]) =>
    content === undefined ? [] : [{ path, content: Buffer.from(content) }],
  );
  for (const { path, content } of contents) await add(path, content);
  const resources = contents.map(({ path, content }) => ({ name: path, path, hash: sha256Of(content), bytes: content.length }));
  const json = JSON.parse(formatDatapackage({ title: "A", description: "B", software: "C" }, resources, new Date(0), undefined));
  const changed = datapackage(json);
  const text = Buffer.from(JSON.stringify(changed) ?? "");
  if (changed !== undefined) await add("datapackage.json", text);
  const digestText = digest(sha256Of(text));
  if (digestText !== undefined) await add("datapackage-digest.json", Buffer.from(digestText));
  await zip.end();
  return sink.bytes();
}

async function addPacked(zip: ZipWriter, name: string, content: Uint8Array): Promise<void> {
  const bytes = deflateRawSync(content);
  const sizes = { packedSize: bytes.length, size: content.length, crc32: platform.crc32(content) };
  async function* once() {
    yield bytes;
  }
  await zip.copy({ name, method: deflate, encrypted: false, modified: 0, offset: 0, ...sizes }, once());
}
