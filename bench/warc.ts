/**
 * How fast archives are read beside warcio.js, and beside nothing but the inflating of the same members.
 *   --records N   in the archive (20,000)
 *   --runs N      of which the median counts (3)
 *   --quick       small and once, to see that it works
 *   --json        ends in one line: { gzip: { ours, warcio, inflate }, plain: { ours, warcio, inflate }, validateOfInflateHash, rssMiB, parallel }
 */
import { execFile } from "node:child_process";
import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs, promisify } from "node:util";
import type { Reading } from "./archives/read-archive.ts";
import { type Corpus, writeCorpus } from "./archives/write-corpus.ts";
import { versionOf } from "./contenders/version-of.ts";
import { machine } from "./measure/machine.ts";
import { wholeNumber } from "./measure/number-flag.ts";
import { median } from "./measure/quantile.ts";
import { table } from "./measure/table.ts";

const { values: flags } = parseArgs({
  options: {
    records: { type: "string" },
    runs: { type: "string" },
    quick: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
  },
});
const records = wholeNumber("--records", flags.records, flags.quick ? 500 : 20_000);
const runs = wholeNumber("--runs", flags.runs, flags.quick ? 1 : 3);

const execute = promisify(execFile);
const program = join(import.meta.dirname, "archives/read-archive.ts");
const folder = await mkdtemp(join(tmpdir(), "fettle-bench-warc-"));
try {
  const corpus = await writeCorpus(folder, records);
  const bare = (await read("nothing", corpus.plain, corpus)).bytes;
  const gzip = await race(["inflate", "ours", "warcio", "inflate-hash", "ours-digests"], corpus.gzip, corpus);
  // Nothing is to be inflated there: a floor of this kind is that of the packed file.
  const plain = await race(["ours", "warcio"], corpus.plain, corpus);
  await report(corpus, gzip, plain);
  const speed = (of: Race, way: string) => of[way]?.speed ?? Number.NaN;
  const validateOfInflateHash = speed(gzip, "inflate-hash") / speed(gzip, "ours-digests");
  const rssMiB = (Math.max(gzip["ours"]?.bytes ?? 0, plain["ours"]?.bytes ?? 0) - bare) / 2 ** 20;
  const parallel = await sideBySide(corpus);
  console.log(`
Reading takes ${(speed(gzip, "inflate") / speed(gzip, "ours")).toFixed(2)} times what inflating takes, validating ${validateOfInflateHash.toFixed(2)} times what inflating and hashing take
Files two at a time are ${parallel.ours.toFixed(2)} times as fast as one after the other, two bare inflates ${parallel.bare.toFixed(2)} times
Memory of ours above a process that reads nothing: ${rssMiB.toFixed(0)} MiB`);
  const speeds = (of: Race) => ({ ours: speed(of, "ours"), warcio: speed(of, "warcio"), inflate: speed(gzip, "inflate") });
  const figures = { gzip: speeds(gzip), plain: speeds(plain), validateOfInflateHash, rssMiB, parallel: parallel.ours / parallel.bare };
  if (flags.json) console.log(JSON.stringify(figures));
} finally {
  await rm(folder, { recursive: true, force: true });
}

type Race = Readonly<Record<string, { readonly speed: number; readonly bytes: number }>>;

/** In turn, so that what else the machine does falls on all of them. Speeds are of plain bytes, in MB a second. */
async function race(ways: readonly string[], file: string, corpus: Corpus): Promise<Race> {
  const readings = new Map<string, Reading[]>(ways.map((way) => [way, []]));
  for (let run = 0; run < runs; run++) for (const way of ways) readings.get(way)?.push(await read(way, file, corpus));
  return Object.fromEntries(
    [...readings].map(([way, all]) => {
      const seconds = median(all.map((one) => one.seconds));
      return [way, { speed: corpus.bytes / 1e6 / seconds, bytes: Math.max(...all.map(({ bytes }) => bytes)) }];
    }),
  );
}

async function read(way: string, file: string, corpus: Corpus): Promise<Reading> {
  const { stdout } = await execute(process.execPath, [program, way, file, corpus.members]);
  const reading: Reading = JSON.parse(stdout);
  if (way !== "nothing" && reading.records !== corpus.records)
    throw new Error(`${way} read ${reading.records} of ${corpus.records} records`);
  return reading;
}

/** What two processors gain over one, for `warc ls` on four files and for processes that only inflate one each. */
async function sideBySide({ gzip, members }: Corpus): Promise<{ ours: number; bare: number }> {
  const warc = join(import.meta.dirname, "../packages/warc/src/command/main.ts");
  const list = (jobs: number) =>
    execute(process.execPath, [warc, "ls", "--quiet", "-j", `${jobs}`, ...Array(4).fill(gzip)], { maxBuffer: 2 ** 30 });
  const inflate = async (times: number) => {
    for (let time = 0; time < times; time++) await execute(process.execPath, [program, "inflate", gzip, members]);
  };
  const gains: { ours: number; bare: number }[] = [];
  for (let run = 0; run < runs; run++) {
    const bareOne = await timed(() => inflate(4));
    const bareTwo = await timed(() => Promise.all([inflate(2), inflate(2)]));
    gains.push({ ours: (await timed(() => list(1))) / (await timed(() => list(2))), bare: bareOne / bareTwo });
  }
  return { ours: median(gains.map(({ ours }) => ours)), bare: median(gains.map(({ bare }) => bare)) };
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

async function report(corpus: Corpus, gzip: Race, plain: Race): Promise<void> {
  console.log(machine([versionOf("warcio")]));
  const sizes = `${(corpus.bytes / 1e6).toFixed(0)} MB, ${((await stat(corpus.gzip)).size / 1e6).toFixed(0)} MB in gzip`;
  console.log(`${corpus.records.toLocaleString("en")} records, ${sizes}, median of ${runs} runs; MB a second of plain bytes\n`);
  const cell = (of: Race, way: string) => of[way]?.speed ?? "-";
  console.log(
    table(
      ["READER", "GZIP", "PLAIN"],
      Object.keys(gzip).map((way) => [way, cell(gzip, way), cell(plain, way)]),
    ),
  );
}
