/**
 * How long a plain client of the address cannot write when its primary is killed, loses its data or is frozen.
 *   --rounds N  of each fault (20); --json ends in one line: { "fettle": { "kill": { gapMsP50, gapMsP95, lost, rounds }, … } }
 */
import { execFileSync } from "node:child_process";
import { chmod, mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { removeEverything, see } from "../demo/cluster.ts";
import { type Fault, faults } from "../demo/faults.ts";
import { Fettle } from "../demo/fettle.ts";
import { type Ledger, openLedger } from "../demo/ledger.ts";
import { machine } from "./measure/machine.ts";
import { wholeNumber } from "./measure/number-flag.ts";
import { quantile } from "./measure/quantile.ts";
import { table } from "./measure/table.ts";

const name = "bench";
const kinds = { kill: "primary killed", lostData: "data deleted", freeze: "primary frozen" } as const;
type Kind = keyof typeof kinds;

interface Measured {
  readonly gapMsP50: number;
  readonly gapMsP95: number;
  /** Acknowledged commits. */
  readonly lost: number;
  readonly rounds: number;
}

const { values: options } = parseArgs({ options: { json: { type: "boolean" }, rounds: { type: "string" } } });
const rounds = wholeNumber("--rounds", options.rounds, 20);
const folder = await mkdtemp(`${tmpdir()}/fettle-bench-`);
// Postgres does not run as root, and must be able to enter.
await chmod(folder, 0o755);
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => removeEverything(folder).finally(() => process.exit(130)));
try {
  const measured = await measure();
  console.log(report(measured));
  if (options.json) console.log(JSON.stringify({ fettle: measured }));
} finally {
  await removeEverything(folder);
}

async function measure(): Promise<Record<Kind, Measured>> {
  await using fettle = await Fettle.create(folder);
  await fettle.up();
  const url = await fettle.run(["pg", "create", name, "--sync"], () => undefined);
  await using ledger = await openLedger(url, folder);
  ledger.start();
  return {
    kill: await measureOne("kill", fettle, ledger),
    lostData: await measureOne("lostData", fettle, ledger),
    freeze: await measureOne("freeze", fettle, ledger),
  };
}

async function measureOne(kind: Kind, fettle: Fettle, ledger: Ledger): Promise<Measured> {
  const fault = faults.find((one) => one.name === kinds[kind]) as Fault;
  const gaps: number[] = [];
  let lost = 0;
  for (let round = 1; round <= rounds; round++) {
    await untilCalm(fettle, ledger);
    // A fault that comes at the same moment of each look would be measured at that moment only.
    await sleep(Math.random() * 1_000);
    const began = await happen(fault, fettle);
    await untilCalm(fettle, ledger);
    gaps.push(ledger.longestGap(began, Date.now()));
    lost += (await ledger.lost()).length;
    console.error(`${kind.padEnd(8)} ${String(round).padStart(2)} of ${rounds}  ${gaps.at(-1)}ms`);
  }
  return { gapMsP50: quantile(gaps, 0.5), gapMsP95: quantile(gaps, 0.95), lost, rounds };
}

/** Returns when the fault began. */
async function happen(fault: Fault, fettle: Fettle): Promise<number> {
  const { primary } = await see(fettle, name);
  let began = 0;
  await fault.happen({
    fettle,
    name,
    primary,
    say: () => {
      began = Date.now();
    },
    enters: () => Promise.reject(new Error("BUG: no fault of this bench waits for a state")),
  });
  return began;
}

/** Every copy is there and the client writes, for a second on end: longer than any fault takes to be felt. */
async function untilCalm(fettle: Fettle, ledger: Ledger): Promise<void> {
  const end = Date.now() + 120_000;
  for (let calm = 0; calm < 10; ) {
    if (Date.now() > end) throw new Error("The cluster is not whole after two minutes");
    const isWriting = (ledger.acknowledged.at(-1) ?? 0) > Date.now() - 300;
    calm = isWriting && (await see(fettle, name)).redundant ? calm + 1 : 0;
    await sleep(100);
  }
}

function report(measured: Record<Kind, Measured>): string {
  const postgres = execFileSync("psql", ["--version"], { encoding: "utf8" }).trim();
  const rows = Object.entries(measured).map(([kind, one]) => [kind, one.rounds, one.gapMsP50, one.gapMsP95, one.lost]);
  return [machine([postgres]), table(["FAULT", "ROUNDS", "GAP MS P50", "GAP MS P95", "LOST"], rows)].join("\n");
}
