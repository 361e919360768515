import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, test } from "node:test";
import { deflateRawSync, gzipSync } from "node:zlib";
import { fixture } from "../../test/fixture.ts";
import { gather, gatherAll, gatherBytes } from "../../test/gather.ts";
import { sample, withoutSamples } from "../../test/samples.ts";
import { rangeAccess } from "../bytes/http-ranges.ts";
import { accessBytes } from "../bytes/part.ts";
import { platform } from "../bytes/platform-node.ts";
import { deflate } from "../zip/entry.ts";
import { readEntry } from "../zip/open-entry.ts";
import { ZipWriter } from "../zip/zip-writer.ts";
import { createWacz } from "./create.ts";
import { Wacz } from "./wacz.ts";
import { writtenKeys } from "./written-keys.ts";

describe("a WACZ file of another writer", () => {
  test("gives its pages, and the record of a URL", async () => {
    const wacz = await Wacz.open(accessBytes(fixture("valid_signed_example_1.wacz")));
    assert.deepEqual(await titles(wacz), ["Example Domain"]);
    assert.deepEqual(await records(wacz, "https://example.com/"), ["https://example.com/ 1282"]);
    assert.deepEqual(await records(wacz, "https://example.com/favicon.ico"), ["https://example.com/favicon.ico 1279"]);
    assert.deepEqual(await records(wacz, "https://example.com/none"), []);
  });

  const made: readonly [file: string, url: string, record: string][] = [
    ["webrecorder-replayweb.page/example.wacz", "https://webrecorder.net/", "https://webrecorder.net/ 3896"],
    ["webrecorder-pywb/waczs/valid_example_1.wacz", "http://www.example.com/", "http://www.example.com/ 1293"],
    ["harvard-lil-warcbench/example.com.wacz", "http://example.com/", "http://example.com/ 1340"],
  ];
  for (const [file, url, record] of made)
    test(`gives the record of a URL: ${file}`, { skip: withoutSamples }, async () => {
      const wacz = await Wacz.open(accessBytes(sample(file)));
      assert.deepEqual(await records(wacz, url), [record]);
    });

  test("gives every record that its index names, under the URL that it has there", { skip: withoutSamples }, async () => {
    const wacz = await Wacz.open(accessBytes(sample("webrecorder-replayweb.page/example.wacz")));
    const index = await gatherBytes(readEntry(wacz.zip, wacz.zip.entries.get("indexes/index.cdx") ?? assert.fail()));
    const urls = [...index.toString().matchAll(/"url":"([^"]+)"/g)].map(([, url = ""]) => url);
    assert.ok(urls.length > 10);
    for (const url of urls)
      assert.ok(
        (await records(wacz, url)).some((record) => record.startsWith(`${url} `)),
        url,
      );
  });
});

test("an index is searched however it is packed", async () => {
  const plain = `com,before)/ 20200101000000 {}\ncom,example)/ 20200101000000 {"url": "http://example.com/", "offset": "784", "length": "1228", "filename": "example.warc.gz"}\n`;
  const stored = async (name: string, content: Uint8Array) => {
    const { zip, sink } = await begin();
    const file = await zip.begin(name);
    await file.write(content);
    await file.end();
    await zip.end();
    return sink.bytes();
  };
  const packed = async (name: string, content: Uint8Array) => {
    const { zip, sink } = await begin();
    const bytes = deflateRawSync(content);
    const sizes = { packedSize: bytes.length, size: content.length, crc32: platform.crc32(content) };
    await zip.copy({ name, method: deflate, encrypted: false, modified: 0, offset: 0, ...sizes }, once(bytes));
    await zip.end();
    return sink.bytes();
  };
  for (const bytes of [
    await stored("indexes/index.cdx", Buffer.from(plain)),
    await packed("indexes/index.cdxj", Buffer.from(plain)),
    await stored("indexes/index.cdx.gz", gzipSync(plain)),
    await packed("indexes/index.cdx.gz", gzipSync(plain)),
  ])
    assert.deepEqual(await records(await Wacz.open(accessBytes(bytes)), "http://example.com/"), ["http://example.com/ 1228"]);
});

test("a file on a server is read in place, and little of it", async () => {
  const sink = gather();
  const sources = ["example.warc.gz", "post-test.warc.gz"].map((name) => ({ name, input: accessBytes(fixture(name)) }));
  // As large as an archive is that nobody wants to fetch whole.
  const large = { name: "large.warc", input: accessBytes(Buffer.alloc(1 << 22, "\r\n")) };
  await createWacz([large, ...sources], sink, { created: new Date(0) });
  const bytes = sink.bytes();
  let sent = 0;
  const server = createServer((request, response) => {
    const [, first = "", last = ""] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? "") ?? [];
    const part = bytes.subarray(Number(first), Number(last) + 1);
    sent += part.length;
    response.writeHead(206, { "content-range": `bytes ${first}-${Number(first) + part.length - 1}/${bytes.length}` }).end(part);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    const wacz = await Wacz.open(await rangeAccess(`http://127.0.0.1:${(server.address() as AddressInfo).port}/a.wacz`));
    assert.deepEqual(await records(wacz, "http://example.com/"), ["http://example.com/ 1228", "http://example.com/ 586"]);
    assert.ok(sent < bytes.length / 10, `${sent} of ${bytes.length} bytes were sent`);
  } finally {
    server.closeAllConnections();
    server.close();
  }
});

test("a URL is looked for under the keys of those who canonicalise less", () => {
  assert.deepEqual(writtenKeys("https://www.A.com/css2?family=B:wght@7;9&display=swap"), [
    "com,a)/css2?display=swap&family=b:wght@7;9",
    "com,a)/css2?display=swap&family=b%3Awght%407%3B9",
  ]);
  assert.deepEqual(writtenKeys("urn:x"), ["urn:x"]);
});

async function begin() {
  const sink = gather();
  const zip = new ZipWriter(sink, new Date(0));
  const file = await zip.begin("archive/example.warc.gz");
  await file.write(fixture("example.warc.gz"));
  await file.end();
  return { sink, zip };
}

async function titles(wacz: Wacz) {
  return (await gatherAll(wacz.pages())).map(({ title }) => title);
}

/** URL and stored length of each record that a look-up leads to. */
async function records(wacz: Wacz, url: string): Promise<string[]> {
  const found: string[] = [];
  for await (const capture of wacz.lookUp(url))
    for await (const record of wacz.read(capture)) found.push(`${record.targetUri} ${(await record.end()).length}`);
  return found;
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
