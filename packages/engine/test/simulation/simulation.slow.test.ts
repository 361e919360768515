import assert from "node:assert/strict";
import { once } from "node:events";
import { availableParallelism } from "node:os";
import { test } from "node:test";
import { Worker as Thread } from "node:worker_threads";

const seeds = 100_000;
const threads = Math.min(4, availableParallelism());

test("in 100,000 interleavings nothing is lost, doubled, stale or left lying", async () => {
  const count = Math.ceil(seeds / threads);
  const failures = await Promise.all(Array.from({ length: threads }, (_, at) => failureIn(at * count, count)));
  assert.deepEqual(
    failures.filter((failure) => failure !== undefined),
    [],
  );
});

async function failureIn(first: number, count: number): Promise<string | undefined> {
  const thread = new Thread(new URL("seeds-thread.ts", import.meta.url), { workerData: { first, count } });
  const [failure] = (await once(thread, "message")) as [string | undefined];
  return failure;
}
