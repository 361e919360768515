import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { gunzipSync } from "node:zlib";
import { fixture } from "../../test/fixture.ts";
import { checkFields } from "../read/check-fields.ts";
import { readRecords } from "../read/read-records.ts";
import type { NewRecord } from "./new-record.ts";
import type { OutputFile } from "./output-file.ts";
import { WarcWriter, type WriterOptions } from "./warc-writer.ts";

const date = new Date("2026-11-25T10:11:12Z");
const page = (text: string): NewRecord => ({
  type: "resource",
  date,
  targetUri: "http://example.com/",
  contentType: "text/plain",
  block: Buffer.from(text),
});

describe("a writer", () => {
  for (const packing of [{ kind: "plain" }, { kind: "gzip" }, { kind: "zstd" }] as const)
    test(`answers where each record is, and each is there: ${packing.kind}`, async () => {
      const { writer, files } = startWriter({ packing });
      const written = await Promise.all(["one", "two", "three"].map((text) => writer.append(page(text))));
      await writer.close();
      const [name = "", bytes] = [...files][0] ?? [];
      assert.equal(name, { plain: "crawl.warc", gzip: "crawl.warc.gz", zstd: "crawl.warc.zst" }[packing.kind]);
      const { records, findings } = await read(bytes);
      assert.deepEqual(findings, []);
      assert.deepEqual(
        written.map(({ file, id, offset, length }) => ({ file, id, offset, length })),
        records.slice(1).map(({ id, offset, length }) => ({ file: name, id, offset, length })),
      );
      assert.deepEqual(
        records.slice(1).map(({ block }) => block),
        ["one", "two", "three"],
      );
    });

  test("begins each file with its warcinfo, which every other record names", async () => {
    const { writer, files } = startWriter({ info: [["operator", "somebody"]] });
    await writer.append(page("one"));
    await writer.append({ type: "metadata", date, block: Buffer.from(""), warcinfoId: "<urn:x:other>" });
    await writer.close();
    const { records } = await read(files.get("crawl.warc.gz"));
    assert.deepEqual(
      records.map(({ type }) => type),
      ["warcinfo", "resource", "metadata"],
    );
    assert.equal(records[0]?.fields.get("WARC-Filename"), "crawl.warc.gz");
    assert.match(
      records[0]?.block ?? "",
      /^operator: somebody\r\nsoftware: .*\r\nformat: WARC File Format 1.1\r\nconformsTo: .*warc-1.1\/\r\n$/,
    );
    assert.equal(records[1]?.fields.get("WARC-Warcinfo-ID"), records[0]?.id);
    assert.equal(records[2]?.fields.get("WARC-Warcinfo-ID"), "<urn:x:other>");
  });

  test("begins another file when one has the size, or the age", async () => {
    let time = date.getTime();
    const { writer, files } = startWriter({ name: "a-{timestamp}-{serial}", maxSize: 2000, maxAge: 60_000, now: () => new Date(time) });
    await writer.append(page("one"));
    time += 60_000;
    const second = await writer.append(page(randomText(4000)));
    const third = await writer.append(page("three"));
    await writer.close();
    assert.deepEqual(
      [...files.keys()],
      ["a-20261125101112-00000.warc.gz", "a-20261125101212-00001.warc.gz", "a-20261125101212-00002.warc.gz"],
    );
    assert.deepEqual([second.file, third.file], [...files.keys()].slice(1));
    for (const [name, bytes] of files) {
      const { records, findings } = await read(bytes);
      assert.deepEqual(findings, []);
      assert.equal(records[0]?.fields.get("WARC-Filename"), name);
      assert.equal(records[1]?.fields.get("WARC-Warcinfo-ID"), records[0]?.id);
    }
  });

  test("copies what was read to the byte", async () => {
    const { writer, files } = startWriter({ packing: { kind: "plain" } });
    for await (const record of readRecords(fixture("example.warc.gz"))) await writer.copy(record);
    await writer.close();
    const original = gunzipSync(fixture("example.warc.gz"));
    assert.ok(files.get("crawl.warc")?.subarray(-original.length).equals(original));
  });

  test("copies no record of an ARC file, which a WARC file cannot hold", async () => {
    const { writer, files } = startWriter({});
    for await (const record of readRecords(fixture("example.arc"))) await assert.rejects(writer.copy(record), { code: "ARC_RECORD" });
    await writer.close();
    assert.equal(files.size, 0);
  });

  test("leaves nothing of a record that fails in the middle, and goes on", async () => {
    const { writer, files } = startWriter({ packing: { kind: "gzip", level: 0 } });
    await writer.append(page("one"));
    async function* failing(): AsyncGenerator<Uint8Array> {
      yield new Uint8Array(2 << 20);
      throw new Error("the source is gone");
    }
    const head = Buffer.from("WARC/1.1\r\nContent-Length: 3000000\r\n\r\n");
    const failed = writer.copy({ format: "warc", id: undefined, head, contentLength: 3_000_000, block: failing() });
    const next = writer.append(page("two"));
    await assert.rejects(failed, /the source is gone/);
    await next;
    await writer.close();
    const { records, findings } = await read(files.get("crawl.warc.gz"));
    assert.deepEqual([records.map(({ block }) => block.slice(0, 3)), findings], [["sof", "one", "two"], []]);
  });

  test("waits for what was appended before it was closed, and takes nothing after that", async () => {
    const { writer, files } = startWriter({});
    const slow = writer.append({ ...page(""), block: new Blob(["slow"]).stream() });
    await writer.close();
    await slow;
    await assert.rejects(writer.append(page("late")), { code: "WRITER_CLOSED" });
    assert.equal((await read(files.get("crawl.warc.gz"))).records.length, 2);
  });

  test("makes no file where there is no record", async () => {
    const { writer, files } = startWriter({});
    await writer.close();
    assert.equal(files.size, 0);
  });

  test("of a disk that takes nothing back writes no more, and leaves what there is", async () => {
    const { writer, files } = startWriter({}, "broken");
    await writer.append(page("one"));
    await assert.rejects(writer.append(page("disk full")), /no space/);
    await assert.rejects(writer.append(page("two")), { code: "WRITER_BROKEN" });
    await writer.close();
    const { records } = await read(files.get("crawl.warc.gz.open"));
    assert.deepEqual(
      records.map(({ type }) => type),
      ["warcinfo", "resource"],
    );
  });

  test("refuses names that are none, and such as would come twice", () => {
    assert.throws(() => startWriter({ name: "a-{host}" }), { code: "BAD_NAME_PATTERN" });
    assert.throws(() => startWriter({ name: "a-{timestamp}", maxSize: 1 }), { code: "BAD_NAME_PATTERN" });
  });
});

function startWriter(options: Partial<WriterOptions>, disk: "sound" | "broken" = "sound") {
  const files = new Map<string, Buffer>();
  const create = async (name: string) => memoryFile((finished, bytes) => files.set(finished ? name : `${name}.open`, bytes), disk);
  const writer = new WarcWriter({ create, name: "crawl", now: () => date, ...options });
  return { writer, files };
}

/** As a browser may have one. A broken one takes three pieces, and cannot be cut back. */
function memoryFile(keep: (finished: boolean, bytes: Buffer) => void, disk: "sound" | "broken"): OutputFile {
  let bytes = Buffer.alloc(0);
  let writes = 0;
  return {
    async write(piece) {
      if (disk === "broken" && writes++ > 2) throw new Error("no space");
      bytes = Buffer.concat([bytes, piece]);
    },
    async truncate(size) {
      if (disk === "broken") throw new Error("no disk");
      bytes = bytes.subarray(0, size);
    },
    abandon: async () => keep(false, bytes),
    finish: async () => keep(true, bytes),
    [Symbol.asyncDispose]: async () => undefined,
  };
}

async function read(bytes: Uint8Array = new Uint8Array(0)) {
  const records = [];
  const findings: string[] = [];
  for await (const record of readRecords(bytes, { report: ({ code }) => findings.push(code) })) {
    const pieces: Uint8Array[] = [];
    for await (const piece of record.block) pieces.push(piece);
    const { length } = await record.end();
    findings.push(...checkFields(record).map(({ code }) => code));
    const { type, id, offset, fields } = record;
    records.push({ type, id, offset, length, fields, block: Buffer.concat(pieces).toString() });
  }
  return { records, findings };
}

/** Which cannot be packed much. */
function randomText(length: number): string {
  let state = 7;
  return Array.from({ length }, () => String.fromCharCode(32 + ((state = (state * 48271) % 0x7fffffff) % 90))).join("");
}
