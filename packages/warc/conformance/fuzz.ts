/**
 * Tries archives that nobody has thought of: `node fuzz.ts [--seconds N] [--seed S]`, for ever unless told. Of one that breaks a rule, or is not read
 * to its end in ten seconds, it says the rule, writes the smallest such file that it finds, and ends with 1. `--try FILE` tries that one again.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import { type Broken, hold } from "./fuzz/hold.ts";
import { Random } from "./fuzz/random.ts";
import { type Fuzzing, fuzz } from "./fuzz/run.ts";

const patience = 10_000;
const largest = 1 << 22;

/** What the worker shows of the file that it tries: how many it has tried, and of this one the length and the bytes. */
interface Shown {
  readonly numbers: Int32Array<SharedArrayBuffer>;
  readonly bytes: Uint8Array<SharedArrayBuffer>;
}

if (isMainThread) {
  const { values } = parseArgs({ options: { seconds: { type: "string" }, seed: { type: "string" }, try: { type: "string" } } });
  if (values.try !== undefined) tell((await hold(readFileSync(values.try), new Random(1))).broken, undefined);
  else watch(Number(values.seed ?? Date.now() % 1e9), Number(values.seconds ?? Number.POSITIVE_INFINITY));
} else {
  const { seed, until, shown }: { seed: number; until: number; shown: Shown } = workerData;
  parentPort?.postMessage(
    await fuzz(
      seed,
      () => Date.now() < until,
      (bytes) => show(bytes, shown),
    ),
  );
}

function show(bytes: Uint8Array, shown: Shown): void {
  shown.bytes.set(bytes.subarray(0, largest));
  shown.numbers[1] = Math.min(bytes.length, largest);
  Atomics.add(shown.numbers, 0, 1);
}

/** A file that is read for ever takes its thread with it: so there are two. */
function watch(seed: number, seconds: number): void {
  const shown: Shown = { numbers: new Int32Array(new SharedArrayBuffer(8)), bytes: new Uint8Array(new SharedArrayBuffer(largest)) };
  const worker = new Worker(new URL(import.meta.url), { workerData: { seed, until: Date.now() + seconds * 1000, shown } });
  let tried = 0;
  const watching = setInterval(() => {
    const now = Atomics.load(shown.numbers, 0);
    if (now === tried) {
      clearInterval(watching);
      tell(
        { rule: "every file has an end", detail: `after ${patience / 1000} s there was none` },
        shown.bytes.slice(0, shown.numbers[1]),
        seed,
      );
      void worker.terminate();
    }
    tried = now;
  }, patience);
  worker.once("message", ({ tried, kept, codes, covered, failure }: Fuzzing) => {
    clearInterval(watching);
    console.error(
      `seed ${seed}: ${tried} files tried, ${kept} kept, which reach ${covered} places in the code and ${codes.length} findings`,
    );
    tell(failure?.broken, failure?.bytes, seed);
  });
}

function tell(broken: Broken | undefined, bytes: Uint8Array | undefined, seed?: number): void {
  process.exitCode = broken ? 1 : 0;
  if (!broken) return;
  console.error(`Broken: ${broken.rule}\n${broken.detail.slice(0, 2000)}`);
  if (!bytes) return;
  const file = join(tmpdir(), `warc-fuzz-${seed}`);
  writeFileSync(file, bytes);
  console.error(
    `Seed ${seed}; the file is ${file} (${bytes.length} bytes). Fix: mend the reader until this ends with 0: node ${process.argv[1]} --try ${file}`,
  );
}
