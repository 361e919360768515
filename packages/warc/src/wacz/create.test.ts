import assert from "node:assert/strict";
import { mkdtempDisposable, readdir, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import { gunzipSync, gzipSync } from "node:zlib";
import { fixture, fixtures } from "../../test/fixture.ts";
import { gather, gatherAll, gatherBytes } from "../../test/gather.ts";
import { accessBytes } from "../bytes/part.ts";
import { openStored, readEntry } from "../zip/open-entry.ts";
import { type CreateOptions, createWacz } from "./create.ts";
import { createWaczFile } from "./node/wacz-file.ts";
import type { Page } from "./page.ts";
import { validateWacz } from "./validate.ts";
import { Wacz } from "./wacz.ts";

const created = new Date("2026-01-02T03:04:05Z");
const archives = ["example.warc.gz", "post-test.warc.gz", "example-iana.org-chunked.warc", "example-resource.warc.gz"];

describe("a WACZ file that is made of archives", () => {
  test("keeps to the specification in all it has to say", async () => {
    const bytes = await make(archives, { title: "A", description: "B" });
    const codes: string[] = [];
    for await (const { code } of validateWacz(accessBytes(bytes))) codes.push(code);
    assert.deepEqual(codes, []);
  });

  test("holds the archives as they are", async () => {
    const wacz = await open(await make(archives));
    for (const name of archives) assert.deepEqual(await content(wacz, `archive/${name}`), fixture(name));
  });

  test("has a sorted index of what can be shown, with the hash of each record", async () => {
    const wacz = await open(await make(archives));
    const lines = gunzipSync(await content(wacz, "indexes/index.cdx.gz"))
      .toString()
      .trimEnd()
      .split("\n");
    assert.deepEqual(lines, lines.toSorted());
    assert.deepEqual(
      lines.map((line) => line.split(" ", 2).join(" ")),
      [
        "com,example)/ 20170306040206",
        "com,example)/ 20170306040348",
        "com,example)/ 20170429013030",
        "org,httpbin)/post?__wb_method=post&a=1&b=[]&c=3 20140610001151",
        "org,httpbin)/post?__wb_method=post&data=^&foo=bar 20140610001255",
        "org,httpbin)/post?__wb_method=post&foo=bar&test=abc 20140610000859",
        "org,iana)/ 20170306165409",
      ],
    );
    assert.match(
      lines[0] ?? "",
      /"offset": "784".*"recordDigest": "sha256:d39212ff1ccfc4cdc41e9768f84250fb77f6eb8b53dd1940de72bd80d96c0203"/,
    );
  });

  test("lists its pages with their titles", async () => {
    const wacz = await open(await make(archives));
    assert.deepEqual(await pagesOf(wacz), [
      ["http://example.com/", "2017-03-06T04:02:06Z", "Example Domain"],
      ["http://www.iana.org/", "2017-03-06T16:54:09Z", "Internet Assigned Numbers Authority"],
      ["http://example.com/", "2017-04-29T01:30:30Z", "Example Domain"],
    ]);
  });

  test("does not list what was not found, though it is HTML", async () => {
    const other = await open(fixture("valid_signed_example_1.wacz"));
    const entry = [...other.zip.entries.values()].find(({ name }) => name.startsWith("archive/")) ?? assert.fail();
    const input = (await openStored(other.zip, entry)) ?? assert.fail();
    const sink = gather();
    assert.equal((await createWacz([{ name: "a.warc.gz", input }], sink, { created })).captures, 2);
    assert.deepEqual(await pagesOf(await open(sink.bytes())), [["https://example.com/", "2022-01-18T19:00:09Z", "Example Domain"]]);
  });

  test("lists its pages with their text, if that is wanted", async () => {
    const [page] = await gatherAll((await open(await make(["example.warc.gz"], { text: true }))).pages());
    assert.match(page?.text ?? "", /^Example Domain\nThis domain is established to be used for illustrative examples in documents\./);
  });

  test("lists the pages that it is given, in two lists, with all that they say", async () => {
    const page = { url: "http://example.com/", ts: "2020-01-01T00:00:00Z", title: "Mine", size: 7 };
    const wacz = await open(await make(archives, { pages: [page], extraPages: [{ url: "http://a.example/", ts: page.ts }] }));
    const pages: Page[] = await gatherAll(wacz.pages());
    assert.deepEqual(pages, [{ id: pages[0]?.id, ...page }]);
    assert.deepEqual(await pagesOf(wacz, "pages/extraPages.jsonl"), [["http://a.example/", page.ts, undefined]]);
  });

  test("names the page to begin at, with the time of its first capture unless another is told", async () => {
    const main = async (mainPage: NonNullable<CreateOptions["mainPage"]>) => {
      const datapackage = await (await open(await make(archives, { mainPage }))).datapackage();
      return [datapackage?.["mainPageUrl"], datapackage?.["mainPageDate"]];
    };
    const url = "http://example.com/";
    assert.deepEqual(await main({ url }), [url, "2017-03-06T04:02:06Z"]);
    assert.deepEqual(await main({ url, ts: "2017-03-06T04:03:48Z" }), [url, "2017-03-06T04:03:48Z"]);
    await assert.rejects(main({ url: "http://elsewhere.example/" }), { code: "NO_SUCH_PAGE" });
    await assert.rejects(main({ url, ts: "2018-01-01T00:00:00Z" }), { code: "NO_SUCH_PAGE" });
  });

  test("is the same, byte for byte, for the same archives and date, from memory and from the disk", async () => {
    await using folder = await mkdtempDisposable(join(tmpdir(), "wacz-"));
    const path = join(folder.path, "a.wacz");
    await createWaczFile(
      archives.map((name) => join(fixtures, name)),
      path,
      { created },
    );
    assert.deepEqual(await readFile(path), Buffer.from(await make(archives)));
    assert.deepEqual(await readdir(folder.path), ["a.wacz"]);
  });

  test("names a packed archive as one, in its index too", async () => {
    const sink = gather();
    await createWacz([{ name: "crawl.warc", input: accessBytes(fixture("example.warc.gz")) }], sink, { created });
    const wacz = await open(sink.bytes());
    assert.ok(wacz.zip.entries.has("archive/crawl.warc.gz"));
    for await (const { filename } of wacz.lookUp("http://example.com/")) assert.equal(filename, "crawl.warc.gz");
  });
});

describe("archives that no player could read", () => {
  for (const name of ["example.arc", "example.arc.gz", "example-frame-per-record.warc.zst"])
    test(`are refused: ${name}`, () => assert.rejects(make([name]), { code: "NOT_FOR_WACZ" }));

  test("are refused: all records in one gzip member", async () => {
    const input = accessBytes(gzipSync(fixture("example.warc")));
    await assert.rejects(createWacz([{ name: "whole.warc.gz", input }], gather(), { created }), {
      code: "NOT_FOR_WACZ",
      message: /whole\.warc\.gz /,
    });
  });

  test("leave nothing behind on the disk", async () => {
    await using folder = await mkdtempDisposable(join(tmpdir(), "wacz-"));
    const paths = ["example.warc.gz", "example.arc"].map((name) => join(fixtures, name));
    await assert.rejects(createWaczFile(paths, join(folder.path, "a.wacz"), { created }), { code: "NOT_FOR_WACZ" });
    assert.deepEqual(await readdir(folder.path), []);
  });

  test("are refused: two of one name", () => assert.rejects(make(["example.warc", "example.warc"]), { code: "ZIP_NAME_TAKEN" }));
});

test("what is wrong in an archive is told, and the file is made", async () => {
  const codes: string[] = [];
  const sink = gather();
  const input = accessBytes(fixture("example.warc").subarray(0, -2));
  await createWacz([{ name: "a.warc", input }], sink, { created, report: ({ code }) => codes.push(code) });
  assert.deepEqual(codes, ["BAD_TRAILER"]);
  assert.deepEqual((await open(sink.bytes())).zip.findings, []);
});

async function make(names: readonly string[], options: Partial<CreateOptions> = {}): Promise<Uint8Array> {
  const sink = gather();
  const sources = names.map((name) => ({ name, input: accessBytes(fixture(name)) }));
  await createWacz(sources, sink, { created, ...options });
  return sink.bytes();
}

function open(bytes: Uint8Array): Promise<Wacz> {
  return Wacz.open(accessBytes(bytes));
}

function content({ zip }: Wacz, path: string): Promise<Buffer> {
  return gatherBytes(readEntry(zip, zip.entries.get(path) ?? assert.fail(path)));
}

async function pagesOf(wacz: Wacz, path?: string) {
  const pages = await gatherAll(wacz.pages(path));
  return pages.map(({ url, ts, title }) => [url, ts, title]);
}
