/**
 * Durable steps a second of fettle, of a floor written by hand in SQL, and of its peers, side by side.
 *   --only ours,floor   of them; all when not given
 *   --keys N            that go through four states each (300,000); the slow ones take a share of them
 *   --runs N            of which the median counts (3)
 *   --snapshot SECONDS  that a snapshot is held open in the second part (60); 0 leaves it out
 *   --quick             small and once, to see that it works
 *   --json              ends in one line: { ours, floor, floorLocal, peers, ofFloor, ofBestPeer, walBytesEach, underSnapshot }
 */
import { parseArgs } from "node:util";
import { contender, type Name, named, peers } from "./contenders/contenders.ts";
import { machine } from "./measure/machine.ts";
import { wholeNumber } from "./measure/number-flag.ts";
import { type BenchPostgres, startBenchPostgres } from "./measure/postgres.ts";
import { median } from "./measure/quantile.ts";
import { type Held, type Raced, race, raceUnderSnapshot } from "./measure/race.ts";
import { table } from "./measure/table.ts";

const { values: flags } = parseArgs({
  options: {
    only: { type: "string" },
    keys: { type: "string" },
    runs: { type: "string" },
    snapshot: { type: "string" },
    quick: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
  },
});
const only = named(flags.only);
const keys = wholeNumber("--keys", flags.keys, flags.quick ? 20_000 : 300_000);
const runs = wholeNumber("--runs", flags.runs, flags.quick ? 1 : 3);
const snapshotSeconds = wholeNumber("--snapshot", flags.snapshot, flags.quick ? 0 : 60);

await using postgres = await startBenchPostgres();
const raced = await raceAll(postgres);
const underSnapshot = await allUnderSnapshot(postgres);
await report();
if (flags.json) console.log(JSON.stringify(summary()));

async function raceAll(on: BenchPostgres): Promise<Map<Name, Raced>> {
  const all = new Map<Name, Raced[]>(only.map((name) => [name, []]));
  // Run by run, not contender by contender: what else the machine does then falls on all of them.
  for (let run = 1; run <= runs; run++) {
    for (const name of only) {
      const one = await race(on, name, keys);
      all.get(name)?.push(one);
      console.error(`run ${run} of ${runs}  ${name.padEnd(16)} ${Math.round(one.perSecond).toLocaleString("en")} steps/s`);
    }
  }
  return new Map([...all].map(([name, some]) => [name, middle(some)]));
}

async function allUnderSnapshot(on: BenchPostgres): Promise<Map<Name, Held>> {
  const speeds = new Map<Name, Held>();
  if (snapshotSeconds === 0) return speeds;
  for (const name of only) {
    if (name !== "ours" && !(await contender(name)).isQueue) continue;
    const speed = await raceUnderSnapshot(on, name, keys, snapshotSeconds);
    speeds.set(name, speed);
    console.error(`under a snapshot  ${name.padEnd(16)} ${Math.round(speed.perSecond)} steps/s, ${Math.round(speed.atEnd)} at its end`);
  }
  return speeds;
}

/** The run whose speed is the median. */
function middle(some: readonly Raced[]): Raced {
  const speed = median(some.map((one) => one.perSecond));
  return some.find((one) => one.perSecond === speed) as Raced;
}

function summary() {
  const speed = (name: Name) => raced.get(name)?.perSecond ?? null;
  const ratio = (one: number | null, other: number | null) => (one === null || other === null ? null : one / other);
  const of = (speeds: (name: Name) => number | null) =>
    Object.fromEntries(peers.filter((name) => speeds(name) !== null).map((name) => [name, speeds(name)]));
  const best = peers.reduce<number | null>((top, name) => Math.max(top ?? 0, speed(name) ?? 0) || null, null);
  return {
    ours: speed("ours"),
    floor: speed("floor"),
    floorLocal: speed("floorLocal"),
    peers: of(speed),
    ofFloor: ratio(speed("ours"), speed("floor")),
    ofFloorLocal: ratio(speed("ours"), speed("floorLocal")),
    ofBestPeer: ratio(speed("ours"), best),
    walBytesEach: raced.get("ours")?.walBytesEach ?? null,
    underSnapshot: {
      seconds: snapshotSeconds,
      ours: underSnapshot.get("ours")?.perSecond ?? null,
      peers: of((name) => underSnapshot.get(name)?.perSecond ?? null),
      atEnd: {
        ours: underSnapshot.get("ours")?.atEnd ?? null,
        peers: of((name) => underSnapshot.get(name)?.atEnd ?? null),
      },
    },
  };
}

async function report(): Promise<void> {
  const about = await Promise.all(only.map(async (name) => ({ name, ...(await contender(name)) })));
  console.log(machine([postgres.version, ...about.filter(({ name }) => peers.includes(name)).map((one) => one.version)]));
  console.log(
    `${keys.toLocaleString("en")} keys through 4 states, median of ${runs} runs; then steps a second while a snapshot is held for ${snapshotSeconds} s; fsync on\n`,
  );
  const rows = about.map(({ name, share }) => {
    const one = raced.get(name) as Raced;
    const { perSecond: held, atEnd } = underSnapshot.get(name) ?? { perSecond: "-", atEnd: "-" };
    return [name, one.perSecond, Math.round(keys * share), one.seconds, one.walBytesEach, one.postgresCores, one.workerCores, held, atEnd];
  });
  const head = ["WHO", "STEPS/S", "KEYS", "SECONDS", "WAL B/STEP", "PG CORES", "OWN CORES", "UNDER SNAPSHOT", "AT ITS END"];
  console.log(table(head, rows));
  console.log();
  for (const one of about) console.log(`${one.name}: ${one.setup}; lacks ${one.lacks}`);
  const { ofFloor, ofFloorLocal, ofBestPeer } = summary();
  const said = (ratio: number | null) => (ratio === null ? "-" : ratio.toFixed(2));
  console.log(
    `\nours of the floor ${said(ofFloor)}, of the floor on neighbours ${said(ofFloorLocal)}, of the best peer ${said(ofBestPeer)}`,
  );
}
