import assert from "node:assert/strict";
import { test } from "node:test";
import { gunzipSync, gzipSync } from "node:zlib";
import { fixture } from "../../test/fixture.ts";
import { sample, truths, withoutSamples } from "../../test/samples.ts";
import { readRecords } from "../read/read-records.ts";
import type { Packing } from "../write/pack-record.ts";
import { ArchiveSink } from "./archive-sink.ts";
import { digestRecords, isOfPacking, recompress } from "./recompress.ts";

const kinds: readonly Packing["kind"][] = ["plain", "gzip", "zstd"];

test("records are kept to the byte, each in a member of its own", async () => {
  for (const name of [
    "example.warc",
    "example.warc.gz",
    "example-frame-per-record.warc.zst",
    "example.arc.gz",
    "example-iana.org-chunked.warc",
  ])
    for (const kind of kinds) {
      const { bytes, packed } = await repack(fixture(name), kind);
      assert.deepEqual(packed, await digestRecords(fixture(name)), `${name} as ${kind}`);
      assert.deepEqual(await digestRecords(bytes), packed);
      assert.deepEqual(await layoutOf(bytes), [], `${name} as ${kind}`);
    }
});

test("a file in one member, and one whose members end anywhere, become one member a record", async () => {
  const plain = fixture("example.warc");
  for (const bad of [gzipSync(plain), Buffer.concat([gzipSync(plain.subarray(0, 700)), gzipSync(plain.subarray(700))])]) {
    assert.notDeepEqual(await layoutOf(bad), []);
    const { bytes } = await repack(bad, "gzip");
    assert.deepEqual(await layoutOf(bytes), []);
    assert.ok(gunzipSync(bytes).equals(plain));
  }
});

test("line ends too many between records are left out", async () => {
  const { bytes, faults } = await repack(
    Buffer.from(fixture("example.warc").toString("latin1").replaceAll("\r\n\r\nWARC/", "\r\n\r\n\r\n\r\nWARC/"), "latin1"),
    "plain",
  );
  assert.ok(bytes.equals(fixture("example.warc")));
  assert.deepEqual([...new Set(faults)], ["EXTRA_NEWLINES"]);
});

test("an archive that would lose something is refused", async () => {
  const sound = fixture("example.warc");
  for (const damaged of [fixture("clipped.warc.gz"), sound.subarray(0, 3000), Buffer.concat([sound, Buffer.from("garbage")])])
    await assert.rejects(repack(damaged, "gzip"), { code: "DAMAGED_ARCHIVE" });
  const wrongSum = Buffer.from(fixture("example.warc.gz"));
  wrongSum.writeUInt32LE(0, 353 - 8);
  await assert.rejects(repack(wrongSum, "gzip"), { code: "DAMAGED_ARCHIVE", message: /CRC/ });
});

test("every sample that is not damaged is packed anew without a change to its records", { skip: withoutSamples }, async () => {
  let repacked = 0;
  for (const [file, { compression }] of truths()) {
    if (compression === "lz4") continue;
    const answer = await repack(sample(file), "gzip").catch((error: Error & { readonly code?: string }) => error);
    if (answer instanceof Error) assert.equal(answer.code, "DAMAGED_ARCHIVE", file);
    else {
      assert.deepEqual(await digestRecords(answer.bytes), answer.packed, file);
      repacked++;
    }
  }
  assert.ok(repacked > 100, `${repacked}`);
});

async function repack(archive: Uint8Array, kind: Packing["kind"]) {
  const parts: Uint8Array[] = [];
  const faults: string[] = [];
  const sink = new ArchiveSink({ write: async (bytes) => void parts.push(bytes) }, { kind });
  const packed = await recompress(archive, sink, (finding) => void (isOfPacking(finding) && faults.push(finding.code)));
  const bytes = Buffer.concat(parts);
  assert.equal(sink.size, bytes.length);
  return { bytes, packed, faults };
}

async function layoutOf(archive: Uint8Array): Promise<readonly string[]> {
  const found: string[] = [];
  const report = (finding: Parameters<typeof isOfPacking>[0]) => void (isOfPacking(finding) && found.push(finding.code));
  for await (const record of readRecords(archive, { report })) await record.end();
  return found;
}
