import assert from "node:assert/strict";
import { test } from "node:test";
import { fixture } from "../../test/fixture.ts";
import { readRecords } from "../read/read-records.ts";
import type { WritableRecord } from "../write/record-bytes.ts";
import { ArchiveSink } from "./archive-sink.ts";
import { mergeArchives, mergeWithSegments } from "./merge.ts";
import { segmentArchive } from "./segment.ts";

const plain = fixture("example.warc");

test("records come one archive after another, to the byte, but for the warcinfo that they are under", async () => {
  const { bytes, told } = await merge([plain, fixture("example.warc.gz")]);
  assert.deepEqual(told, []);
  const [first, second] = [await records(plain), await records(fixture("example.warc.gz"))];
  const merged = await records(bytes);
  assert.deepEqual(
    merged.map(({ id, block }) => [id, block]),
    [...first, ...second].map(({ id, block }) => [id, block]),
  );
  let under: string | undefined;
  for (const [index, { type, id, head, warcinfoId }] of merged.entries()) {
    const before = [...first, ...second][index];
    if (type === "warcinfo") under = id;
    else assert.equal(warcinfoId, before?.warcinfoId ?? under);
    assert.equal(head.replace(before?.warcinfoId ? "" : /WARC-Warcinfo-ID: .*\r\n/, ""), before?.head);
  }
});

test("an archive without warcinfo behind one that has it is told", async () => {
  assert.deepEqual((await merge([plain, fixture("post-test.warc.gz")])).told, ["NO_WARCINFO 1"]);
  assert.deepEqual((await merge([fixture("post-test.warc.gz"), plain])).told, []);
});

test("WARC and ARC do not become one archive, and neither does a damaged one", async () => {
  await assert.rejects(merge([plain, fixture("example.arc")]), { code: "MIXED_FORMATS" });
  await assert.rejects(merge([plain, fixture("clipped.warc.gz")]), { code: "DAMAGED_ARCHIVE", message: /Cannot merge 1: / });
  assert.equal((await records((await merge([fixture("example.arc"), fixture("example.arc.gz")])).bytes)).length, 4);
});

test("what has been segmented is merged to what it was, whatever archives it lies in", async () => {
  for (const size of [50, 300]) {
    const parts: Uint8Array[] = [];
    const counts = await segmentArchive(plain, size, sinkInto(parts), () => undefined);
    assert.ok(counts.segmented > 0, `${size}`);
    const segmented = Buffer.concat(parts);
    const half = await firstRecords(segmented, 7);
    const { bytes } = await collect((report) => mergeWithSegments([half, segmented.subarray(half.length)].map(asSource), report));
    assert.deepEqual(await blocks(bytes), await blocks(plain));
  }
});

test("a record that cannot be segmented is kept", async () => {
  const info = await firstRecords(plain, 1);
  const parts: Uint8Array[] = [];
  const counts = await segmentArchive(info, 10, sinkInto(parts), () => undefined);
  assert.deepEqual(counts, { records: 1, segmented: 0, kept: 1 });
  assert.ok(Buffer.concat(parts).equals(info));
});

const asSource = (input: Uint8Array, index: number) => ({ name: String(index), input });
const sinkInto = (parts: Uint8Array[]) => new ArchiveSink({ write: async (bytes) => void parts.push(bytes) }, { kind: "plain" });

async function collect(merged: (report: Parameters<typeof mergeArchives>[1]) => AsyncIterable<WritableRecord>) {
  const parts: Uint8Array[] = [];
  const told: string[] = [];
  const sink = sinkInto(parts);
  for await (const record of merged(({ code }, source) => told.push(`${code} ${source}`))) await sink.append(record);
  await sink.flush();
  return { bytes: Buffer.concat(parts), told };
}

const merge = (archives: readonly Uint8Array[]) => collect((report) => mergeArchives(archives.map(asSource), report));

async function records(archive: Uint8Array) {
  const all = [];
  for await (const record of readRecords(archive)) {
    const parts: Uint8Array[] = [];
    for await (const bytes of record.block) parts.push(bytes);
    const head = Buffer.from(record.head).toString("latin1");
    all.push({
      type: record.type,
      id: record.id,
      head,
      warcinfoId: record.fields.get("WARC-Warcinfo-ID"),
      block: Buffer.concat(parts).toString("latin1"),
    });
  }
  return all;
}

const blocks = async (archive: Uint8Array) => (await records(archive)).map(({ id, block }) => [id, block]);

/** Of a plain archive. */
async function firstRecords(archive: Uint8Array, count: number): Promise<Uint8Array> {
  for await (const record of readRecords(archive)) if (record.number === count) return archive.subarray(0, record.plainOffset);
  return archive;
}
