/**
 * What a caller's own small transaction (an insert and an update in its own table) keeps of its speed with a signal to an instance inside.
 *   --clients N     that call at once, without a pause (32)
 *   --seconds N     of each run (15)
 *   --runs N        of which the median counts (3)
 *   --keys N        instances, of which each transaction signals one (10,000)
 *   --quick         short and once, to see that it works
 *   --json          ends in one line: { ratio, without, select1, with }
 */
import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs, promisify } from "node:util";
import { openStore } from "@fettle/engine";
import { machine } from "./measure/machine.ts";
import { wholeNumber } from "./measure/number-flag.ts";
import { type BenchPostgres, query, startBenchPostgres } from "./measure/postgres.ts";
import { median } from "./measure/quantile.ts";
import { table } from "./measure/table.ts";
import { exampleData } from "./population/machines.ts";
import { startKeys } from "./population/start-keys.ts";
import { WorkerProcess } from "./population/start-worker.ts";

const { values: flags } = parseArgs({
  options: {
    clients: { type: "string" },
    seconds: { type: "string" },
    runs: { type: "string" },
    keys: { type: "string" },
    quick: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
  },
});
const clients = wholeNumber("--clients", flags.clients, 32);
const seconds = wholeNumber("--seconds", flags.seconds, flags.quick ? 3 : 15);
const runs = wholeNumber("--runs", flags.runs, flags.quick ? 1 : 3);
const keys = wholeNumber("--keys", flags.keys, flags.quick ? 1_000 : 10_000);

/** For pgbench, a program of Postgres's own, in C: the callers cost little beside what they call. */
const transactionWith = (last: string) => `
  \\set account random(1, 100000)
  \\set n random(1, ${keys})
  begin;
  insert into ledger (account, amount) values (:account, 1);
  update account set balance = balance + 1 where id = :account;
  ${last}
  commit;`;
const scripts = {
  without: transactionWith(""),
  // What any further statement costs, were it free on the server.
  select1: transactionWith("select 1;"),
  with: transactionWith("select fettle.signal('bench/listener', 'key-' || :n, 'ping');"),
};
type Speeds = Record<keyof typeof scripts, number>;

await using postgres = await startBenchPostgres();
const measured = await measure(postgres);
const speeds = middle((run, which) => run[which]);
const kept = middle((run, which) => run[which] / run.without);
console.log(machine([postgres.version]));
console.log(`${clients} clients, median of ${runs} runs of ${seconds} s each, a worker beside; fsync on\n`);
const rows = [
  ["its own insert and update", speeds.without],
  ["the same, with select 1 inside", speeds.select1],
  ["the same, with a signal inside", speeds.with],
];
console.log(table(["TRANSACTION", "A SECOND"], rows));
console.log(`\nkeeps ${kept.with.toFixed(2)}; with select 1 it keeps ${kept.select1.toFixed(2)}`);
if (flags.json) console.log(JSON.stringify({ ratio: kept.with, ...speeds }));

function middle(of: (run: Speeds, which: keyof Speeds) => number): Speeds {
  const each = (which: keyof Speeds) => median(measured.map((run) => of(run, which)));
  return { without: each("without"), select1: each("select1"), with: each("with") };
}

async function measure(on: BenchPostgres): Promise<Speeds[]> {
  const url = await on.create();
  const folder = await mkdtemp(join(tmpdir(), "fettle-bench-callers-"));
  try {
    await populate(url);
    await using worker = await WorkerProcess.open(url);
    worker.begin();
    const results: Speeds[] = [];
    for (let run = 1; run <= runs; run++) {
      await untilTaken(url);
      const speed = (script: string) => transactionsPerSecond(url, folder, script);
      const one = { without: await speed(scripts.without), select1: await speed(scripts.select1), with: await speed(scripts.with) };
      results.push(one);
      const [without, select1, signalling] = [one.without, one.select1, one.with].map(Math.round);
      console.error(`run ${run} of ${runs}  ${without} without, ${select1} with select 1, ${signalling} with a signal, a second`);
    }
    return results;
  } finally {
    await rm(folder, { recursive: true, force: true });
    await on.drop(url);
  }
}

async function populate(url: string): Promise<void> {
  await using store = await openStore({ url });
  const data = JSON.stringify(exampleData);
  await startKeys(store.lanes, { machine: "bench/listener", state: "listening", data, from: 1, to: keys });
  await query(url, "create table account (id int primary key, balance bigint not null)");
  await query(url, "insert into account select n, 0 from generate_series(1, 100000) n");
  await query(url, "create table ledger (id bigint generated always as identity primary key, account int not null, amount int not null)");
  await query(url, "vacuum (analyze)");
}

/** What one run leaves in the inbox is not the next one's burden. */
async function untilTaken(url: string): Promise<void> {
  while ((await query(url, "select from fettle.inbox limit 1")).length > 0) await sleep(50);
}

async function transactionsPerSecond(url: string, folder: string, script: string): Promise<number> {
  const file = join(folder, "transaction.sql");
  await writeFile(file, script);
  const flags = ["--no-vacuum", "--protocol=prepared", `--client=${clients}`, "--jobs=2", `--time=${seconds}`, `--file=${file}`];
  const { stdout } = await promisify(execFile)(join(postgres.binaries, "pgbench"), [...flags, url]);
  const speed = /^tps = ([\d.]+)/m.exec(stdout)?.[1];
  if (!speed || !/failed transactions: 0 /.test(stdout)) throw new Error(`pgbench could not do all of its transactions:\n${stdout}`);
  return Number(speed);
}
