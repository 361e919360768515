import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { after, before, describe, test } from "node:test";
import { readRecords } from "../src/read/read-records.ts";
import type { Written } from "../src/write/warc-writer.ts";
import { type Browsing, browse, noBrowser } from "../test/browser.ts";
import { fixture, fixtures } from "../test/fixture.ts";
import { makeCorpus } from "./corpus.ts";
import { readOurs } from "./read-ours.ts";
import { writeOurs } from "./write-ours.ts";

if (noBrowser) process.stderr.write(`${noBrowser}\n`);

const files = new Map<string, Uint8Array>(makeCorpus().map(({ file, bytes }) => [file, bytes]));
for (const name of readdirSync(fixtures).filter((each) => !each.endsWith(".wacz"))) files.set(name, fixture(name));
/** Served at these paths; the page is at the root. */
const ours = "/packages/warc/conformance/read-ours.ts";
const library = ["/packages/warc/src/read/read-records.ts", "/packages/warc/src/http/message.ts"] as const;
const names = [...files.keys()];

async function digestsIn(archive: Uint8Array) {
  const digests: (string | undefined)[][] = [];
  // That of a warcinfo's block is another each time, for what it says of when it was made.
  for await (const { type, fields } of readRecords(archive))
    if (type !== "warcinfo") digests.push([fields.get("WARC-Block-Digest"), fields.get("WARC-Payload-Digest")]);
  return digests;
}

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

  test("what is written there has nothing wrong when Node reads it, and is where it is said to be", async () => {
    for (const kind of ["plain", "gzip"] as const) {
      const { packed, written } = await browsing.page.evaluate(
        async ([url, packing]) => {
          const { writeOurs } = await import(url);
          const { bytes, written } = await writeOurs(packing);
          const packed = Array.from(bytes as Uint8Array, (byte) => String.fromCharCode(byte)).join("");
          return { packed: btoa(packed), written: written as Written[] };
        },
        ["/packages/warc/conformance/write-ours.ts", kind] as const,
      );
      const bytes = Buffer.from(packed, "base64");
      const inNode = await writeOurs(kind);
      const { records, findings } = await readOurs(bytes);
      assert.deepEqual(findings, []);
      assert.deepEqual(
        records.map(({ type, blockLength }) => [type, blockLength]),
        (await readOurs(inNode.bytes)).records.map(({ type, blockLength }) => [type, blockLength]),
      );
      assert.deepEqual(
        written.map(({ offset }) => offset),
        records.slice(1).map(({ offset }) => offset),
      );
      assert.deepEqual(await digestsIn(bytes), await digestsIn(inNode.bytes));
    }
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
