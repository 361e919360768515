import assert from "node:assert/strict";
import { test } from "node:test";
import { sample, withoutSamples } from "../../test/samples.ts";
import { readRecords } from "./read-records.ts";

const files = [
  "webrecorder-warcio/example.warc",
  "webrecorder-warcio/example.warc.gz",
  "made-zstd/example-frame-per-record.warc.zst",
  "made-zstd/warcfile-dict-raw.warc.zst",
  "netarchivesuite-jwat/jwat-arc/1-1-20110922131213-00000-svc-VirtualBox.arc",
  "webrecorder-warcio/example.arc.gz",
];

for (const file of files)
  test(`each record of ${file} is read by its offset alone`, { skip: withoutSamples }, async () => {
    const bytes = sample(file);
    for await (const record of readRecords(bytes)) {
      const { length, blockLength } = await record.end();
      const found = await firstFrom(bytes, record.offset);
      assert.deepEqual(
        [found.offset, found.id, found.targetUri, found.length, found.blockLength],
        [record.offset, record.id, record.targetUri, length, blockLength],
      );
    }
  });

test("no more is read than the record needs, where no more is asked for", { skip: withoutSamples }, async () => {
  const bytes = sample("netarchivesuite-jwat/jwat-gzip/IAH-20080430204825-00000-blackbook.warc.gz");
  let read = 0;
  const ranges = {
    size: bytes.length,
    async read(offset: number, length: number) {
      read += length;
      return bytes.subarray(offset, offset + length);
    },
  };
  for await (const record of readRecords(ranges, { offset: 1_500_000 })) {
    await record.end();
    break;
  }
  assert.ok(read < bytes.length, `${read} bytes`);
});

async function firstFrom(bytes: Uint8Array, offset: number) {
  for await (const record of readRecords(bytes, { offset })) {
    const { length, blockLength } = await record.end();
    return { offset: record.offset, id: record.id, targetUri: record.targetUri, length, blockLength };
  }
  return assert.fail(`there is no record at ${offset}`);
}
