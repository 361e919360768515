/**
 * From the call of start to the entry into the handler, on a system at rest: of fettle and of its peers.
 *   --only ours,dbos  of them; all when not given
 *   --starts N        one after the other (200)
 *   --apart MS        between two of them (30)
 *   --runs N          of which the median counts (3)
 *   --quick           few and once, to see that it works
 *   --json            ends in one line: { p50ms, p99ms, peers: { NAME: { p50ms, p99ms } } }
 */
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { contender, type Name, named, peers } from "./contenders/contenders.ts";
import { onFreshDatabase } from "./measure/fresh-database.ts";
import { machine } from "./measure/machine.ts";
import { wholeNumber } from "./measure/number-flag.ts";
import { startBenchPostgres } from "./measure/postgres.ts";
import { median, quantile } from "./measure/quantile.ts";
import { table } from "./measure/table.ts";

/** Leases are taken, queues registered, caches filled. */
const settling = 2_000;

interface Latency {
  readonly p50ms: number;
  readonly p99ms: number;
}

const { values: flags } = parseArgs({
  options: {
    only: { type: "string" },
    starts: { type: "string" },
    apart: { type: "string" },
    runs: { type: "string" },
    quick: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
  },
});
// The floor is not asked: it starts nothing.
const only = named(flags.only).filter((name) => name === "ours" || peers.includes(name));
const starts = wholeNumber("--starts", flags.starts, flags.quick ? 20 : 200);
const apartMs = wholeNumber("--apart", flags.apart, 30);
const runs = wholeNumber("--runs", flags.runs, flags.quick ? 1 : 3);

await using postgres = await startBenchPostgres();
const runsOf = new Map<Name, Latency[]>(only.map((name) => [name, []]));
for (let run = 1; run <= runs; run++) {
  for (const name of only) {
    const one = await measure(name);
    runsOf.get(name)?.push(one);
    console.error(`run ${run} of ${runs}  ${name.padEnd(16)} p50 ${one.p50ms.toFixed(1)} ms, p99 ${one.p99ms.toFixed(1)} ms`);
  }
}
const latencies = new Map([...runsOf].map(([name, some]) => [name, middle(some)]));
await report();
if (flags.json) {
  const ofPeers = Object.fromEntries(peers.flatMap((name) => (latencies.has(name) ? [[name, latencies.get(name)]] : [])));
  console.log(JSON.stringify({ ...latencies.get("ours"), peers: ofPeers }));
}

async function measure(name: Name): Promise<Latency> {
  return onFreshDatabase(postgres, name, { keys: 0, endless: false, isIdle: true }, async ([worker]) => {
    if (!worker) throw new Error("BUG: a contender without a process");
    await worker.work();
    await sleep(settling);
    // The first ones load code and plan statements.
    await worker.start(keysOf("warm", 10), apartMs);
    const took = await worker.start(keysOf("key", starts), apartMs);
    return { p50ms: quantile(took, 0.5), p99ms: quantile(took, 0.99) };
  });
}

function keysOf(prefix: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `${prefix}-${index}`);
}

function middle(some: readonly Latency[]): Latency {
  return { p50ms: median(some.map((one) => one.p50ms)), p99ms: median(some.map((one) => one.p99ms)) };
}

async function report(): Promise<void> {
  const about = await Promise.all(only.map(async (name) => ({ name, ...(await contender(name)) })));
  console.log(machine([postgres.version, ...about.filter(({ name }) => peers.includes(name)).map((one) => one.version)]));
  console.log(`${starts} starts ${apartMs} ms apart, start called to handler entered, median of ${runs} runs\n`);
  const rows = only.map((name) => [name, latencies.get(name)?.p50ms ?? "-", latencies.get(name)?.p99ms ?? "-"]);
  console.log(table(["WHO", "P50 MS", "P99 MS"], rows));
}
