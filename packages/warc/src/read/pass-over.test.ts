import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { RandomAccess } from "../bytes/input.ts";
import type { Finding } from "../finding.ts";
import { readRecords } from "./read-records.ts";
import type { Extent } from "./record.ts";

const size = 4 << 20;

function record(number: number, length: number, declared = length): Buffer {
  const head = `WARC/1.1\r\nWARC-Type: resource\r\nWARC-Record-ID: <urn:x:${number}>\r\nContent-Length: ${declared}\r\n\r\n`;
  return Buffer.concat([Buffer.from(head), Buffer.alloc(length, "x"), Buffer.from("\r\n\r\n")]);
}

/** A file that counts what is read of it. */
class CountedFile implements RandomAccess {
  readonly size: number;
  total = 0;
  readonly #bytes: Buffer;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
    this.size = bytes.length;
  }

  async read(offset: number, length: number): Promise<Uint8Array> {
    this.total += length;
    return this.#bytes.subarray(offset, offset + length);
  }
}

/** The same bytes as they come from a stream, all of which is read. */
async function* stream(bytes: Buffer): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 1 << 16) yield bytes.subarray(at, at + (1 << 16));
}

async function readAll(input: RandomAccess | AsyncIterable<Uint8Array>) {
  const findings: Finding[] = [];
  const records: { readonly id: string | undefined; readonly extent: Extent }[] = [];
  for await (const record of readRecords(input, { report: (finding) => findings.push(finding) }))
    records.push({ id: record.id, extent: await record.end() });
  return { records, findings };
}

describe("a large block of a file that nobody reads", () => {
  test("is passed over where it lies, and small ones behind it are read", async () => {
    const bytes = Buffer.concat([record(0, size), record(1, 100), record(2, size), record(3, 100)]);
    const file = new CountedFile(bytes);
    assert.deepEqual(await readAll(file), await readAll(stream(bytes)));
    assert.ok(file.total < size, `${file.total} bytes of ${bytes.length} were read`);
  });

  for (const [how, bytes] of [
    ["is cut by the end of the file", record(1, size).subarray(0, size - 1000)],
    ["is said to go far beyond the file", record(1, size, 2 ** 53 - 1)],
    ["is said to end too late by a little", Buffer.concat([record(1, size, size + 3), record(2, 100)])],
    ["ends with the file", record(1, size).subarray(0, -4)],
  ] as const)
    test(`${how}: what is wrong is found all the same`, async () => {
      const file = Buffer.concat([record(0, 100), bytes]);
      const { records, findings } = await readAll(new CountedFile(file));
      assert.ok(findings.length > 0);
      assert.deepEqual({ records, findings }, await readAll(stream(file)));
    });

  test("is read where it is asked for, and only so far", async () => {
    const file = new CountedFile(Buffer.concat([record(0, size), record(1, size)]));
    const lengths: number[] = [];
    for await (const { block } of readRecords(file)) {
      let length = 0;
      for await (const piece of block) {
        length += piece.length;
        if (lengths.length === 1) break;
      }
      lengths.push(length);
    }
    assert.equal(lengths[0], size);
    assert.ok((lengths[1] ?? 0) < size && file.total < 1.5 * size, `${file.total} bytes were read`);
  });
});
