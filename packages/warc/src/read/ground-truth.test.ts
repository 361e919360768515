import assert from "node:assert/strict";
import { test } from "node:test";
import { sample, type TrueRecord, type Truth, truths, withoutSamples } from "../../test/samples.ts";
import { readRecords } from "./read-records.ts";
import type { ArchiveRecord, Extent } from "./record.ts";
import { type Verdicts, verifyDigests } from "./verify-digests.ts";

/** Not read on purpose, and why. */
const unread: Readonly<Record<string, string>> = {
  lz4: "a format of one library's own: neither ISO 28500:2017 D nor warc-zstd names it",
};

test("every sample has the records, at the places, that an independent walker found", { skip: withoutSamples }, async () => {
  for (const [file, truth] of truths()) {
    if (unread[truth.compression]) continue;
    const found: TrueRecord[] = [];
    for await (const record of readRecords(sample(file))) found.push(asTruth(record, await record.end(), truth));
    assert.equal(found.length, truth.records, file);
    for (const [index, expected] of truth.index.entries())
      assert.deepEqual(only(expected, found[index]), only(expected, expected), `${file} record ${index}`);
  }
});

/** Where the walker compares a payload digest with this record's own bytes, and we say that it cannot be known from them. */
const elsewhere: readonly { readonly is: (record: ArchiveRecord) => boolean; readonly clause: string; readonly why: string }[] = [
  { is: ({ type }) => type === "revisit", clause: "6.7", why: "the payload is that of the record which is revisited" },
  { is: ({ type }) => type === "continuation", clause: "5.9", why: "the payload is that of all segments together" },
  {
    is: ({ fields }) => fields.field("WARC-Segment-Number") !== undefined,
    clause: "7",
    why: "the record is the first of several segments",
  },
];

test("every digest is as right as the walker found it to be, by the same convention", { skip: withoutSamples }, async () => {
  for (const [file, truth] of truths()) {
    if (unread[truth.compression]) continue;
    let index = 0;
    for await (const record of readRecords(sample(file))) {
      const { blockDigestOk, payloadDigestMatches: matches } = truth.index[index] ?? {};
      const { verdicts } = await verifyDigests(record);
      if (blockDigestOk !== undefined) assert.equal(verdicts.block, blockDigestOk ? "ok" : "bad", `${file} record ${index}`);
      if (elsewhere.some(({ is }) => is(record))) assert.match(verdicts.payload, /unknown|absent/);
      else if (matches !== undefined) assert.equal(matchOf(verdicts), matches, `${file} record ${index}`);
      index++;
    }
  }
});

function matchOf({ payload, convention }: Verdicts): string | undefined {
  return { ok: convention, bad: "none", unknown: "unknown-algorithm", absent: "absent" }[payload];
}

function asTruth(record: ArchiveRecord, extent: Extent, truth: Truth): TrueRecord {
  const plain = truth.compression === "none" ? {} : { uOffset: record.plainOffset, uLength: extent.plainLength };
  const { offset, version, id, type, fields } = record;
  // As written: what the reader makes of them (no angle brackets, spaces escaped, one form of date) is tested where it is made.
  const uri = fields.get("WARC-Target-URI") ?? fields.get("URL");
  const date = fields.get("WARC-Date") ?? fields.get("Archive-date");
  const place = { offset, ...(extent.length !== undefined && { length: extent.length }), ...plain };
  const told = {
    ...(type !== undefined && { type }),
    ...(id !== undefined && { id }),
    ...(date !== undefined && { date }),
    ...(uri !== undefined && { uri }),
  };
  return { ...place, ...told, version, headLength: record.head.length, contentLength: record.contentLength ?? 0 };
}

/** The fields that both the walker and the reader speak of. */
function only(expected: TrueRecord, from: TrueRecord | undefined): Partial<TrueRecord> {
  const names = ["offset", "length", "uOffset", "uLength", "headLength", "contentLength", "version", "type", "uri", "id", "date"] as const;
  const compared = names.filter((name) => expected[name] !== undefined);
  return Object.fromEntries(compared.map((name) => [name, from?.[name]]));
}
