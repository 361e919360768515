import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { deflateRawSync } from "node:zlib";
import fc from "fast-check";
import { fixture } from "../../test/fixture.ts";
import { gather, gatherBytes } from "../../test/gather.ts";
import { accessBytes } from "../bytes/part.ts";
import { platform } from "../bytes/platform-node.ts";
import type { Finding } from "../finding.ts";
import { deflate, store } from "./entry.ts";
import { openStored, readEntry } from "./open-entry.ts";
import { openZip } from "./zip-file.ts";
import { ZipWriter } from "./zip-writer.ts";

const at = new Date("2026-01-02T03:04:06Z");

describe("a ZIP file", () => {
  test("gives back what was put into it, packed or not", async () => {
    const names = fc.uniqueArray(fc.stringMatching(/^[a-zé][a-z.é]{0,8}(\/[a-z]{1,8})?$/), { maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(names, fc.array(fc.uint8Array({ maxLength: 200 }), { minLength: 5, maxLength: 5 }), async (names, contents) => {
        const sink = gather();
        const writer = new ZipWriter(sink, at);
        for (const [index, name] of names.entries()) await addFile(writer, name, contents[index] ?? new Uint8Array(0), index % 2 === 1);
        await writer.end();
        const zip = await openZip(accessBytes(sink.bytes()));
        assert.deepEqual(zip.findings, []);
        assert.deepEqual([...zip.entries.keys()], names);
        for (const [index, entry] of [...zip.entries.values()].entries())
          assert.deepEqual(
            await gatherBytes(readEntry(zip, entry, (finding) => assert.fail(finding.message))),
            Buffer.from(contents[index] ?? []),
          );
      }),
      { numRuns: 50 },
    );
  });

  test("of another writer is read, with its packed files and those that are read in place", async () => {
    const zip = await openZip(accessBytes(fixture("valid_example_2.wacz")));
    assert.deepEqual(zip.findings, []);
    const [idx, warc] = ["indexes/index.idx", "archive/example-collection.warc"].map((name) => zip.entries.get(name) ?? assert.fail(name));
    assert.ok(idx && warc);
    assert.equal(idx.method, deflate);
    assert.equal(await openStored(zip, idx), undefined);
    assert.match((await gatherBytes(readEntry(zip, idx))).toString(), /^!meta 0 /);
    assert.equal(warc.method, store);
    const inPlace = (await openStored(zip, warc)) ?? assert.fail();
    assert.deepEqual(Buffer.from(await inPlace.read(0, 3)), Buffer.from([0x1f, 0x8b, 8]));
    assert.equal((await inPlace.read(inPlace.size - 2, 100)).length, 2);
  });

  test("has as many files as it likes", async () => {
    const sink = gather();
    const writer = new ZipWriter(sink, at);
    for (let number = 0; number < 66_000; number++) await (await writer.begin(`${number}`)).end();
    await writer.end();
    const zip = await openZip(accessBytes(sink.bytes()));
    assert.deepEqual(zip.findings, []);
    assert.equal(zip.entries.size, 66_000);
  });

  test("has files of more than 4 GiB, and files behind them", async () => {
    const hole = new Uint8Array(1 << 26);
    const size = 65 * hole.length;
    let written = 0;
    let parts: { at: number; bytes: Uint8Array }[] = [];
    const sink = {
      async write(bytes: Uint8Array) {
        if (bytes !== hole) parts = [...parts, { at: written, bytes }];
        written += bytes.length;
      },
    };
    const writer = new ZipWriter(sink, at);
    const large = await writer.begin("large");
    for (let count = 0; count < 65; count++) await large.write(hole);
    await large.end();
    await addFile(writer, "behind", Buffer.from("it"), false);
    await writer.end();

    const zip = await openZip({
      size: written,
      async read(offset, length) {
        const bytes = new Uint8Array(Math.min(length, written - offset));
        for (const part of parts)
          for (let index = 0; index < part.bytes.length; index++)
            if (part.at + index >= offset && part.at + index < offset + bytes.length)
              bytes[part.at + index - offset] = part.bytes[index] ?? 0;
        return bytes;
      },
    });
    assert.deepEqual(zip.findings, []);
    assert.equal(zip.entries.get("large")?.size, size);
    const behind = zip.entries.get("behind") ?? assert.fail();
    assert.ok(behind.offset > size);
    assert.equal((await gatherBytes(readEntry(zip, behind))).toString(), "it");
  });
});

describe("a ZIP file that is not sound", () => {
  test("is told wherever it is cut or changed, and never read without end", async () => {
    const sound = await makeZip();
    const original = await readAll(sound);
    assert.deepEqual(original.findings, []);
    for (let end = 0; end < sound.length; end++)
      assert.notEqual((await readAll(sound.subarray(0, end))).findings.length, 0, `cut at ${end}`);
    for (let bit = 0; bit < sound.length * 8; bit++) {
      const flipped = Uint8Array.from(sound);
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      const { findings, contents } = await readAll(flipped);
      // Times, attributes and versions, which nobody reads, may change; names and contents may not without a word.
      if (findings.length === 0) assert.deepEqual(contents, original.contents, `bit ${bit}`);
    }
  });

  test("gives no more bytes than it says, however well it is packed", async () => {
    const packed = deflateRawSync(Buffer.alloc(1 << 24));
    const { findings, contents } = await readAll(
      await patched((entry) => ({ ...entry, packedSize: packed.length, size: 1000, method: deflate }), packed),
    );
    assert.deepEqual(
      findings.map(({ code }) => code),
      ["ZIP_BAD_SIZE"],
    );
    assert.ok((contents.get("a")?.length ?? 0) <= 1000);
  });

  const faults: readonly [code: string, make: () => Promise<Uint8Array>][] = [
    ["ZIP_NO_DIRECTORY", async () => Buffer.from("this is no ZIP file, though it is long enough to be one")],
    ["ZIP_BAD_CRC", () => patched((entry) => ({ ...entry, crc32: entry.crc32 ^ 1 }))],
    ["ZIP_UNKNOWN_METHOD", () => patched((entry) => ({ ...entry, method: 12 }))],
    ["ZIP_ESCAPING_NAME", () => patched((entry) => ({ ...entry, name: "../a" }))],
    ["ZIP_ESCAPING_NAME", () => patched((entry) => ({ ...entry, name: "/a" }))],
    ["ZIP_ESCAPING_NAME", () => patched((entry) => ({ ...entry, name: "a\\b" }))],
    ["ZIP_ESCAPING_NAME", () => patched((entry) => ({ ...entry, name: "C:a" }))],
    ["ZIP_ENCRYPTED", () => changeDirectory((view) => view.setUint16(8, view.getUint16(8, true) | 1, true))],
    ["ZIP_BAD_ENTRY", () => changeDirectory((view) => view.setUint32(42, 3, true))],
    ["ZIP_OVERLAP", () => changeDirectory((view, second) => view.setUint32(second + 42, 0, true))],
    ["ZIP_REPEATED_NAME", () => changeDirectory((view, second) => view.setUint8(second + 46, "a".charCodeAt(0)))],
    ["ZIP_BAD_DIRECTORY", () => changeDirectory((view, second) => view.setUint8(second, 0))],
  ];
  for (const [code, make] of faults)
    test(`is told by ${code}`, async () => {
      const { findings } = await readAll(await make());
      assert.ok(
        findings.some((finding) => finding.code === code),
        JSON.stringify(findings),
      );
    });
});

test("a name is given once", async () => {
  const writer = new ZipWriter(gather(), at);
  await writer.begin("a");
  await assert.rejects(writer.begin("a"), { code: "ZIP_NAME_TAKEN" });
});

async function addFile(writer: ZipWriter, name: string, content: Uint8Array, isPacked: boolean): Promise<void> {
  if (!isPacked) {
    const file = await writer.begin(name);
    await file.write(content);
    return file.end();
  }
  const packed = deflateRawSync(content);
  const sizes = { packedSize: packed.length, size: content.length, crc32: platform.crc32(content) };
  await writer.copy({ name, method: deflate, encrypted: false, modified: 0, offset: 0, ...sizes }, once(packed));
}

async function makeZip(): Promise<Uint8Array> {
  const sink = gather();
  const writer = new ZipWriter(sink, at);
  await addFile(writer, "a", Buffer.from("one"), false);
  await addFile(writer, "b", Buffer.from("two two two"), true);
  await writer.end();
  return sink.bytes();
}

type Entry = Parameters<ZipWriter["copy"]>[0];

/** A ZIP file of one file that is said to be another. */
async function patched(patch: (entry: Entry) => Entry, content: Uint8Array = Buffer.from("one")): Promise<Uint8Array> {
  const sink = gather();
  const writer = new ZipWriter(sink, at);
  const sizes = { packedSize: content.length, size: content.length, crc32: platform.crc32(content) };
  await writer.copy(patch({ name: "a", method: store, encrypted: false, modified: 0, offset: 0, ...sizes }), once(content));
  await writer.end();
  return sink.bytes();
}

/** Both entries have names of one byte, and no extra field. */
async function changeDirectory(change: (view: DataView, second: number) => void): Promise<Uint8Array> {
  const bytes = await makeZip();
  const start = Buffer.from(bytes).indexOf("PK\x01\x02");
  change(new DataView(bytes.buffer, start), 47);
  return bytes;
}

async function readAll(bytes: Uint8Array) {
  const zip = await openZip(accessBytes(bytes));
  const findings: Finding[] = [...zip.findings];
  const contents = new Map<string, string>();
  for (const [name, entry] of zip.entries)
    contents.set(name, (await gatherBytes(readEntry(zip, entry, (finding) => findings.push(finding)))).toString());
  return { findings, contents };
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
