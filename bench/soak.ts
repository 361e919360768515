/**
 * Full speed for an hour with a snapshot always open somewhere: whether tables, indexes, memory and speed stay where they are.
 *   --minutes N        (60)
 *   --snapshot SECONDS that each snapshot is held (120); the next one is open before it ends
 *   --keys N           that go round and round (200,000)
 *   --every SECONDS    between two samples (10)
 *   --picture FILE     where the chart goes (docs/images/soak.svg; with --quick the system's temporary folder)
 *   --quick            half a minute, to see that it works
 *   --json             ends in one line: { minutes, tableGrowth, indexGrowth, speedRatio, rssGrowth }
 */
import { writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { chart } from "./measure/chart.ts";
import { machine } from "./measure/machine.ts";
import { positiveNumber, wholeNumber } from "./measure/number-flag.ts";
import { startBenchPostgres } from "./measure/postgres.ts";
import { table } from "./measure/table.ts";
import { growth } from "./soak/growth.ts";
import { type Sample, soak } from "./soak/soak.ts";

const { values: flags } = parseArgs({
  options: {
    minutes: { type: "string" },
    snapshot: { type: "string" },
    keys: { type: "string" },
    every: { type: "string" },
    picture: { type: "string" },
    quick: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
  },
});
const minutes = positiveNumber("--minutes", flags.minutes, flags.quick ? 0.4 : 60);
const snapshotSeconds = wholeNumber("--snapshot", flags.snapshot, flags.quick ? 4 : 120);
const keys = wholeNumber("--keys", flags.keys, flags.quick ? 5_000 : 200_000);
const everySeconds = wholeNumber("--every", flags.every, flags.quick ? 2 : 10);
const picture = flags.picture ?? join(flags.quick ? tmpdir() : "docs/images", "soak.svg");

await using postgres = await startBenchPostgres();
const samples = await soak(postgres, { seconds: minutes * 60, snapshotSeconds, everySeconds, keys }, say);
const grown = growth(samples, 2 * snapshotSeconds);
console.log(machine([postgres.version]));
console.log(
  `${keys.toLocaleString("en")} keys at full speed for ${minutes} minutes, a snapshot of ${snapshotSeconds} s always open; fsync on\n`,
);
const rows: [string, number, number, number][] = [
  ["tables, MB", grown.first.tableBytes / 1e6, grown.last.tableBytes / 1e6, grown.tableGrowth],
  ["indexes, MB", grown.first.indexBytes / 1e6, grown.last.indexBytes / 1e6, grown.indexGrowth],
  ["steps a second", grown.first.stepsPerSecond, grown.last.stepsPerSecond, grown.speedRatio],
  ["worker's memory, MB", grown.first.rssBytes / 1e6, grown.last.rssBytes / 1e6, grown.rssGrowth],
];
console.log(table(["WHAT", "FIRST QUARTER", "LAST QUARTER", "LAST OVER FIRST"], rows));
console.log(
  `\nMedians of each quarter, after the first ${2 * snapshotSeconds} s. Tables and indexes are all but history, which is kept on purpose.`,
);
const times = samples.map((sample) => sample.second / 60);
const panels = [
  { title: "Steps", unit: "a second", values: samples.map((sample) => sample.stepsPerSecond) },
  { title: "Tables", unit: "MB", values: samples.map((sample) => sample.tableBytes / 1e6) },
  { title: "Indexes", unit: "MB", values: samples.map((sample) => sample.indexBytes / 1e6) },
  { title: "Worker's memory", unit: "MB", values: samples.map((sample) => sample.rssBytes / 1e6) },
];
await writeFile(picture, chart(`${minutes} minutes at full speed, a ${snapshotSeconds} s snapshot always open`, times, panels));
console.log(`Picture: ${picture}`);
const { tableGrowth, indexGrowth, speedRatio, rssGrowth } = grown;
if (flags.json) console.log(JSON.stringify({ minutes, tableGrowth, indexGrowth, speedRatio, rssGrowth }));

function say(sample: Sample): void {
  const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(0)} MB`;
  const { second, stepsPerSecond, tableBytes, indexBytes, historyBytes, rssBytes } = sample;
  const sizes = `tables ${megabytes(tableBytes)}, indexes ${megabytes(indexBytes)}, history ${megabytes(historyBytes)}`;
  console.error(
    `${second.toFixed(0)} s  ${Math.round(stepsPerSecond).toLocaleString("en")} steps/s, ${sizes}, worker ${megabytes(rssBytes)}`,
  );
}
