/**
 * What a million instances cost: to take over, in memory, to watch, and what ten million sleepers cost those that move.
 *   --instances N   (1,000,000)
 *   --sleepers N    beside those that move (10,000,000); 0 leaves that part out
 *   --keys N        that move beside them, round and round (100,000)
 *   --seconds N     that watching, and moving, are measured for (60)
 *   --runs N        of which the median counts (3)
 *   --quick         small, short and once, to see that it works
 *   --json          ends in one line: { takeoverMs, startMs, bytesEach, watchWalBytesPerSecond, watchCores, watchesPerSecond, sleepersRatio }
 */
import { parseArgs } from "node:util";
import { machine } from "./measure/machine.ts";
import { wholeNumber } from "./measure/number-flag.ts";
import { startBenchPostgres } from "./measure/postgres.ts";
import { median } from "./measure/quantile.ts";
import { table } from "./measure/table.ts";
import { moveBesideSleepers } from "./population/move-beside-sleepers.ts";
import { takeOver } from "./population/take-over.ts";
import { watchAll } from "./population/watch-all.ts";

const { values: flags } = parseArgs({
  options: {
    instances: { type: "string" },
    sleepers: { type: "string" },
    keys: { type: "string" },
    seconds: { type: "string" },
    runs: { type: "string" },
    quick: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
  },
});
const instances = wholeNumber("--instances", flags.instances, flags.quick ? 20_000 : 1_000_000);
const sleepers = wholeNumber("--sleepers", flags.sleepers, flags.quick ? 50_000 : 10_000_000);
const keys = wholeNumber("--keys", flags.keys, flags.quick ? 5_000 : 100_000);
const seconds = wholeNumber("--seconds", flags.seconds, flags.quick ? 5 : 60);
/** The memory of a process that has just loaded something is not what it keeps. */
const settlingSeconds = flags.quick ? 1 : 15;
const runs = wholeNumber("--runs", flags.runs, flags.quick ? 1 : 3);

await using postgres = await startBenchPostgres();
const takenOver = await repeated("take over", () => takeOver(postgres, instances, settlingSeconds));
const watched = await repeated("watch", () => watchAll(postgres, instances, seconds));
const moved = sleepers > 0 ? await repeated("beside sleepers", () => moveBesideSleepers(postgres, keys, sleepers, seconds)) : undefined;

console.log(machine([postgres.version]));
console.log(`${instances.toLocaleString("en")} instances, median of ${runs} runs; fsync on\n`);
const rows: [string, number, string][] = [
  [
    "takeover",
    takenOver.takeoverMs,
    "ms from the end of the lease of a worker killed by SIGKILL until every range has run what was due in it",
  ],
  ["start", takenOver.startMs, "ms the same, from the start of a worker when nobody has the ranges"],
  ["memory", takenOver.bytesEach, "bytes a sleeping instance, above a worker that has none"],
  ["watching, log", watched.walBytesPerSecond, "bytes of write-ahead log a second"],
  ["watching, processor", watched.cores, "cores, of the worker and of Postgres"],
  ["watching, looks", watched.perSecond, "handlers a second"],
];
if (moved) {
  const beside = `with ${sleepers.toLocaleString("en")} sleepers beside`;
  rows.push(["moving alone", moved.alone, "steps a second"], ["moving in company", moved.beside, `steps a second ${beside}`]);
  rows.push(["ratio", moved.ratio, "of the two"]);
}
console.log(table(["WHAT", "FIGURE", "OF"], rows));
if (flags.json) {
  const { walBytesPerSecond: watchWalBytesPerSecond, cores: watchCores, perSecond: watchesPerSecond } = watched;
  console.log(JSON.stringify({ ...takenOver, watchWalBytesPerSecond, watchCores, watchesPerSecond, sleepersRatio: moved?.ratio ?? null }));
}

/** The median of each figure. */
async function repeated<Figures extends Record<string, number>>(what: string, once: () => Promise<Figures>): Promise<Figures> {
  const all: Figures[] = [];
  for (let run = 1; run <= runs; run++) {
    const figures = await once();
    all.push(figures);
    console.error(`run ${run} of ${runs}  ${what}: ${JSON.stringify(figures)}`);
  }
  const names = Object.keys(all[0] ?? {});
  return Object.fromEntries(names.map((name) => [name, median(all.map((one) => one[name] ?? 0))])) as Figures;
}
