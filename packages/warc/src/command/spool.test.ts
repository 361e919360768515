import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type Chunk, Spool } from "./spool.ts";

/** Enough of them to leave the memory for the disk. */
const chunks: readonly Chunk[] = Array.from({ length: 12 }, (_, index) => ({
  to: index % 3 === 0 ? "stderr" : "stdout",
  bytes: new Uint8Array(1 << 20).fill(index),
}));

describe("what waits for its turn", () => {
  test("comes out as it was written, before it is read and while it is", async () => {
    await using spool = new Spool();
    for (const chunk of chunks) await spool.write(chunk);
    const written = chunks.map((chunk) => spool.write(chunk));
    const read: Chunk[] = [];
    const closed = Promise.all(written).then(() => spool.close());
    for await (const chunk of spool.read()) read.push(chunk);
    await closed;
    assert.deepEqual(
      read.map(({ to, bytes }) => [to, bytes[0], bytes.length]),
      [...chunks, ...chunks].map(({ to, bytes }) => [to, bytes[0], bytes.length]),
    );
  });

  test("is not taken faster than it is read", async () => {
    await using spool = new Spool();
    const reading = spool.read();
    let taken = 0;
    const written = Promise.all(chunks.map(async (chunk) => spool.write(chunk).then(() => taken++)));
    await reading.next();
    assert.ok(taken < chunks.length, `${taken} of ${chunks.length}`);
    const closed = written.then(() => spool.close());
    for await (const chunk of reading) assert.equal(chunk.bytes.length, 1 << 20);
    await closed;
    assert.equal(taken, chunks.length);
  });
});
