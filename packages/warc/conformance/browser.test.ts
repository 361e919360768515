import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { after, before, describe, test } from "node:test";
import { type Browsing, browse, noBrowser } from "../test/browser.ts";
import { fixture, fixtures } from "../test/fixture.ts";
import { makeCorpus } from "./corpus.ts";
import { readOurs } from "./read-ours.ts";

if (noBrowser) process.stderr.write(`${noBrowser}\n`);

const files = new Map<string, Uint8Array>(makeCorpus().map(({ file, bytes }) => [file, bytes]));
for (const name of readdirSync(fixtures).filter((each) => !each.endsWith(".wacz"))) files.set(name, fixture(name));
/** Served at these paths; the page is at the root. */
const ours = "/packages/warc/conformance/read-ours.ts";
const library = ["/packages/warc/src/read/read-records.ts", "/packages/warc/src/http/message.ts"] as const;
const names = [...files.keys()];

/** As it can be handed to a page. */
const inText = (name: string) => Buffer.from(files.get(name) ?? []).toString("base64");

test("the archives to compare with are those of the suite and real ones, plain and in gzip", () => {
  assert.ok(names.includes("no-trailer.warc") && names.includes("example.warc") && names.includes("example.warc.gz"));
});

describe("in Chromium, without anything of Node", { skip: noBrowser }, () => {
  let browsing: Browsing;
  before(async () => {
    browsing = await browse(files);
  });
  after(() => browsing[Symbol.asyncDispose]());

  test("every archive that is plain or in gzip has the records, digests and findings that it has in Node", async () => {
    const read = names.filter((name) => !name.endsWith(".zst"));
    // All at once: to fetch each takes longer than to read them all.
    const answers = await browsing.page.evaluate(
      async ([all, url]) => {
        const { readOurs } = await import(url);
        const answers: unknown[] = [];
        for (const each of all) answers.push(await readOurs(Uint8Array.from(atob(each), (byte) => byte.charCodeAt(0))));
        return answers;
      },
      [read.map(inText), ours] as const,
    );
    for (const [index, name] of read.entries())
      assert.deepEqual(answers[index], await readOurs(files.get(name) ?? new Uint8Array(0)), name);
  });

  test("every archive in zstd has them too, where a decoder is given that checks what zstd does", async () => {
    // fzstd takes no dictionary, and does not look at checksums.
    const read = names.filter((name) => name.endsWith(".zst") && !/^(dictionary|zstd-bad-checksum)\./.test(name));
    assert.ok(read.length > 10);
    const answers = await browsing.page.evaluate(
      async ([all, url, decoder]) => {
        const { readOurs } = await import(url);
        const zstd = await import(decoder);
        const answers: unknown[] = [];
        for (const each of all)
          answers.push(
            await readOurs(
              Uint8Array.from(atob(each), (byte) => byte.charCodeAt(0)),
              zstd,
            ),
          );
        return answers;
      },
      [read.map(inText), ours, "fzstd"] as const,
    );
    for (const [index, name] of read.entries())
      assert.deepEqual(answers[index], await readOurs(files.get(name) ?? new Uint8Array(0)), name);
  });

  test("an archive that comes as a stream is read as it comes", async () => {
    const answer = await browsing.page.evaluate(async (url) => {
      const { readOurs } = await import(url);
      return readOurs((await fetch("/files/example.warc.gz")).body);
    }, ours);
    assert.deepEqual(answer, await readOurs(fixture("example.warc.gz")));
  });

  test("what the browser cannot unpack it says, and how to go on", async () => {
    const said = await browsing.page.evaluate(async ([reader, message]) => {
      const { readRecords } = await import(reader);
      const { openMessage } = await import(message);
      const attempt = async (pieces: AsyncIterable<unknown>) => {
        try {
          for await (const _ of pieces);
          return { code: "none", fix: "" };
        } catch (error) {
          const { code, fix } = error as { code: string; fix: string };
          return { code, fix };
        }
      };
      const zstd = new Uint8Array(await (await fetch("/files/zstd.warc.zst")).arrayBuffer());
      const brotli = new TextEncoder().encode("HTTP/1.1 200 OK\r\nContent-Encoding: br\r\n\r\nhello");
      return [await attempt(readRecords(zstd)), await attempt((await openMessage([brotli], "response")).decoded())];
    }, library);
    const [zstd, brotli] = said;
    assert.equal(zstd?.code, "NO_ZSTD");
    // Newer ones may unpack it, and then find that it is none.
    assert.match(brotli?.code ?? "", /^(NO_DECOMPRESSION|none)$/);
    assert.ok(said.every(({ code, fix }) => code === "none" || fix.length > 10));
  });
});
