import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { mkdtempDisposable, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import { fixture, fixtures } from "../../../test/fixture.ts";
import { openFile } from "../../bytes/file.ts";
import { SortedFile } from "../../cdx/sorted-file.ts";
import { checkFields } from "../../read/check-fields.ts";
import { readRecords } from "../../read/read-records.ts";
import { createFile } from "../../write/node/create-file.ts";
import { WarcWriter } from "../../write/warc-writer.ts";
import type { Seen } from "../seen.ts";
import { seenAtServer } from "../seen-at-server.ts";
import { seenInIndex } from "../seen-in-index.ts";
import { type BloomStore, openBloomStore } from "./bloom-store.ts";
import { dedupe } from "./dedupe.ts";

const text = "x".repeat(1000);
const plain = `HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n${text}`;
const chunked = `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3e8\r\n${text}\r\n0\r\n\r\n`;
/** sha1 of the text. */
const digest = "sha1:YPX2NEH2H7OS4JJGQU7O2ZYFHDVBE5RY";

interface Capture {
  readonly url: string;
  readonly http: string;
  readonly truncated?: "length";
}

/** An archive of captures, a second after another. */
async function write(path: string, captures: readonly Capture[]): Promise<string> {
  const writer = new WarcWriter({ name: "x", create: () => createFile(path) });
  for (const [index, { url, http, truncated }] of captures.entries()) {
    const date = new Date(Date.UTC(2020, 0, 1, 0, 0, index));
    await writer.append({
      type: "response",
      date,
      targetUri: url,
      block: Buffer.from(http),
      ipAddress: "10.0.0.1",
      ...(truncated && { truncated }),
    });
  }
  await writer.close();
  return path;
}

interface Found {
  readonly type: string | undefined;
  readonly head: string;
  readonly block: string;
  readonly get: (name: string) => string | undefined;
}

/** Every record but the warcinfo; each keeps to the standard. */
async function read(path: string): Promise<readonly Found[]> {
  await using file = await openFile(path);
  const found: Found[] = [];
  for await (const record of readRecords(file)) {
    let block = "";
    for await (const piece of record.block) block += Buffer.from(piece).toString("latin1");
    await record.end();
    assert.deepEqual([...record.findings, ...checkFields(record)], []);
    found.push({ type: record.type, head: Buffer.from(record.head).toString(), block, get: (name) => record.fields.get(name) });
  }
  return found.filter(({ type }) => type !== "warcinfo");
}

async function run(
  files: readonly string[],
  output: string,
  { seen, store, minimumSize = 256 }: { seen?: Seen; store?: BloomStore; minimumSize?: number } = {},
) {
  const writer = new WarcWriter({ name: "y", create: () => createFile(output) });
  await using aside = await scratch();
  const done = await dedupe(files, writer, { folder: aside.path, seen: seen ?? store, store, minimumSize, passed: () => undefined });
  return { ...done, found: await read(output) };
}

const scratch = () => mkdtempDisposable(join(tmpdir(), "dedupe-test-"));
const types = (found: readonly Found[]) => found.map(({ type }) => type);

describe("deduplication within archives", () => {
  test("the first of a payload stays to the byte; the others become revisits of it, over files and transfer codings", async () => {
    await using folder = await scratch();
    const one = await write(join(folder.path, "1.warc.gz"), [
      { url: "http://a/1", http: plain },
      { url: "http://a/2", http: chunked },
    ]);
    const two = await write(join(folder.path, "2.warc.gz"), [
      { url: "http://a/3", http: plain.replace("xxx", "yyy") },
      { url: "http://a/1", http: plain },
    ]);
    const { found, ...done } = await run([one, two], join(folder.path, "out.warc.gz"));
    assert.deepEqual(done, { records: 6, revisits: 2, saved: 1000 + chunked.length - chunked.indexOf("3e8") });
    assert.deepEqual(types(found), ["response", "revisit", "response", "revisit"]);
    const before = [...(await read(one)), ...(await read(two))];
    for (const index of [0, 2]) assert.deepEqual([found[index]?.head, found[index]?.block], [before[index]?.head, before[index]?.block]);
    const revisit = found[1];
    assert.equal(revisit?.block, chunked.slice(0, chunked.indexOf("3e8")));
    assert.equal(revisit?.get("WARC-Payload-Digest"), digest);
    assert.equal(revisit?.get("WARC-Profile"), "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest");
    assert.deepEqual(
      [revisit?.get("WARC-Refers-To-Target-URI"), revisit?.get("WARC-Refers-To-Date")],
      ["http://a/1", "2020-01-01T00:00:00Z"],
    );
    for (const name of ["WARC-Record-ID", "WARC-Date", "WARC-Target-URI", "WARC-IP-Address"])
      assert.equal(revisit?.get(name), before[1]?.get(name));
  });

  test("what is small, cut short, or in damaged chunks stays", async () => {
    await using folder = await scratch();
    const small = "HTTP/1.1 200 OK\r\n\r\nsmall";
    const broken = chunked.replace("0\r\n\r\n", "zz\r\nlost");
    const file = await write(join(folder.path, "1.warc.gz"), [
      { url: "http://a/1", http: plain },
      { url: "http://a/2", http: plain, truncated: "length" },
      { url: "http://a/3", http: small },
      { url: "http://a/4", http: small },
      { url: "http://a/5", http: broken },
    ]);
    assert.equal((await run([file], join(folder.path, "out.warc.gz"))).revisits, 0);
    assert.equal((await run([file], join(folder.path, "all.warc.gz"), { minimumSize: 1 })).revisits, 1);
  });

  test("an archive in which something is lost is refused, and so is ARC; nothing is left of the output", async () => {
    await using folder = await scratch();
    await writeFile(join(folder.path, "cut.warc.gz"), fixture("example.warc.gz").subarray(0, 2000));
    await assert.rejects(run([join(folder.path, "cut.warc.gz")], join(folder.path, "out.warc.gz")), { code: "DAMAGED_ARCHIVE" });
    await assert.rejects(run([join(fixtures, "example.arc.gz")], join(folder.path, "out.warc.gz")), { code: "NOT_WARC" });
    assert.deepEqual(await readdir(folder.path), ["cut.warc.gz"]);
  });
});

test("what an index has of the same URL and payload becomes a revisit of that", async () => {
  await using folder = await scratch();
  const file = await write(join(folder.path, "1.warc.gz"), [
    { url: "http://a/1", http: plain },
    { url: "http://a/2", http: plain.replaceAll("x", "y") },
  ]);
  const index = join(folder.path, "i.cdx");
  const other = digest.replace(/^sha1:/, "");
  await writeFile(
    index,
    ` CDX N b a m s k r M S V g\na)/1 20190101000000 http://a/1 text/html 200 ${other} - - 9 9 f\na)/2 20190101000000 http://a/2 text/html 200 ${other} - - 9 9 f\n`,
  );
  await using opened = await openFile(index);
  const { found } = await run([file], join(folder.path, "out.warc.gz"), { seen: seenInIndex(new SortedFile(opened, index)) });
  assert.deepEqual(types(found), ["revisit", "response"]);
  assert.equal(found[0]?.get("WARC-Refers-To-Date"), "2019-01-01T00:00:00Z");
});

test("an index whose maker digested bodies with their chunks is understood", async () => {
  await using folder = await scratch();
  const file = await write(join(folder.path, "1.warc.gz"), [{ url: "http://a/1", http: chunked }]);
  const index = join(folder.path, "i.cdxj");
  const coded = createHash("sha1")
    .update(chunked.slice(chunked.indexOf("3e8")))
    .digest("hex");
  await writeFile(index, `a)/1 20190101000000 {"url": "http://a/1", "digest": "sha1:${coded}"}\n`);
  await using opened = await openFile(index);
  const { found } = await run([file], join(folder.path, "out.warc.gz"), { seen: seenInIndex(new SortedFile(opened, index)) });
  assert.deepEqual([found[0]?.type, found[0]?.get("WARC-Payload-Digest")], ["revisit", digest]);
});

describe("a CDX server", () => {
  /** Asks a server that answers so for one payload. */
  async function ask(answer: RequestListener, timeout = 9000) {
    const server = createServer(answer).listen(0, "127.0.0.1");
    await once(server, "listening");
    const warnings: string[] = [];
    const url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/cdx?output=text`);
    try {
      const seen = seenAtServer(url, { timeout, warn: (message) => warnings.push(message) });
      return { found: await seen.find([{ url: "http://a/?q=1&r", digest }]), warnings, seen };
    } finally {
      server.closeAllConnections();
      server.close();
    }
  }
  const bare = digest.replace(/^sha1:/, "");
  const earlier = { url: "http://a/?q=1&r", date: "2019-01-01T00:00:00Z" };

  for (const [what, line] of [
    ["CDXJ", `a)/?q=1&r 20190101000000 {"url": "http://a/?q=1&r", "digest": "${digest}"}`],
    ["seven fields", `a)/?q=1&r 20190101000000 http://a/?q=1&r text/html 200 ${bare} 900`],
    ["eleven", `a)/?q=1&r 20190101000000 http://a/?q=1&r text/html 200 ${bare} - - 900 5 f.warc.gz`],
  ] as const)
    test(`is understood where it answers with ${what}, and asked for the URL`, async () => {
      const asked: (string | undefined)[] = [];
      const { found } = await ask((request, response) => {
        asked.push(request.url);
        response.end(`a)/?q=1&r 20180101000000 http://a/?q=1&r text/html 200 OTHER - - 900 5 f\n${line}\n`);
      });
      assert.deepEqual(found, [earlier]);
      assert.deepEqual(asked, ["/cdx?output=text&url=http%3A%2F%2Fa%2F%3Fq%3D1%26r"]);
    });

  test("is asked again where it fails, and then not believed to know nothing", async () => {
    let count = 0;
    const { found, warnings } = await ask((_, response) => {
      response.statusCode = ++count < 3 ? 503 : 200;
      response.end(count < 3 ? "" : `a)/?q=1&r 20190101000000 {"url": "http://a/?q=1&r", "digest": "${digest}"}\n`);
    });
    assert.deepEqual([found, warnings], [[earlier], []]);
  });

  test("that does not answer, or is away, is told, and what it may know is kept", async () => {
    const slow = await ask(() => undefined, 50);
    assert.deepEqual(slow.found, [undefined]);
    assert.match(slow.warnings[0] ?? "", /does not answer for http:\/\/a\/\?q=1&r, which is kept/);
    const many = Array.from({ length: 50 }, (_, index) => ({ url: `http://a/${index}`, digest }));
    assert.ok((await slow.seen.find(many)).every((one) => one === undefined));
    // Not fifty times: it is given up.
    assert.match(slow.warnings.at(-1) ?? "", /asked no more/);
    assert.ok(slow.warnings.length < 15);
  });
});

describe("a store with a filter", () => {
  test("knows in the next run what was stored in the one before, of whatever URL", async () => {
    await using folder = await scratch();
    const path = join(folder.path, "seen.bloom");
    const one = await write(join(folder.path, "1.warc.gz"), [{ url: "http://a/1", http: plain }]);
    const two = await write(join(folder.path, "2.warc.gz"), [
      { url: "http://a/2", http: plain },
      { url: "http://a/3", http: plain.replaceAll("x", "y") },
    ]);
    {
      await using store = await openBloomStore(path, 0.001);
      assert.equal((await run([one], join(folder.path, "out1.warc.gz"), { store })).revisits, 0);
    }
    await using store = await openBloomStore(path, 0.001);
    const { found } = await run([two], join(folder.path, "out2.warc.gz"), { store });
    assert.deepEqual(types(found), ["revisit", "response"]);
    assert.equal(found[0]?.get("WARC-Refers-To-Target-URI"), "http://a/1");
    assert.equal((await readFile(`${path}.cdxj`, "utf8")).split("\n").length - 1, 2);
    assert.deepEqual(
      (await readdir(folder.path)).filter((name) => name.startsWith("seen")),
      ["seen.bloom", "seen.bloom.cdxj"],
    );
  });

  test("never trusts its filter alone, and makes it again where it is gone", async () => {
    await using folder = await scratch();
    const path = join(folder.path, "seen.bloom");
    const one = await write(join(folder.path, "1.warc.gz"), [{ url: "http://a/1", http: plain }]);
    {
      await using store = await openBloomStore(path, 0.99);
      await run([one], join(folder.path, "out1.warc.gz"), { store });
    }
    // Nearly everything passes such a filter.
    const strange = Array.from({ length: 40 }, (_, index) => ({
      url: "http://a/1",
      digest: digest.replace("YPX2", `AAA${"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"[index % 32]}`),
    }));
    {
      await using store = await openBloomStore(path, 0.99);
      assert.ok((await store.find(strange)).every((one) => one === undefined));
    }
    await rm(path);
    await using store = await openBloomStore(path, 0.001);
    assert.equal((await store.find([{ url: "http://b/", digest }]))[0]?.url, "http://a/1");
  });
});
