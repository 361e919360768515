import { chmod, mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { removeEverything, see } from "./cluster.ts";
import { type Fault, faults } from "./faults.ts";
import { Fettle } from "./fettle.ts";
import { type Ledger, openLedger } from "./ledger.ts";
import { bold, dim, json, type Mended, red, table } from "./report.ts";
import { Watch } from "./watch.ts";

const name = "prod-1";
/** A fault that is not mended within this is not mended. */
const patience = 120_000;

const options = readOptions();
const interrupt = new AbortController();
let isStaying = false;
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => interrupt.abort());

const folder = await mkdtemp(`${tmpdir()}/fettle-demo-`);
// Postgres does not run as root, and must be able to enter.
await chmod(folder, 0o755);
try {
  process.exitCode = await Promise.race([demo(), interrupted()]);
} catch (error) {
  console.error(red(error instanceof Error ? error.message : String(error)));
  process.exitCode = 1;
} finally {
  await removeEverything(folder);
}
process.exit();

function readOptions(): { readonly json?: boolean; readonly stay?: boolean } {
  try {
    return parseArgs({ options: { json: { type: "boolean" }, stay: { type: "boolean" } } }).values;
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\nFix: script/demo [--json] [--stay]`);
    process.exit(2);
  }
}

async function demo(): Promise<number> {
  console.log(`${bold("fettle")} keeps a real Postgres alive while it is broken four times and a client writes.\n`);
  await using fettle = await Fettle.create(folder);
  await fettle.up();
  console.log(`Dashboard  ${bold(fettle.url)}\nFolder     ${folder}  ${dim("(removed at the end)")}\n`);

  console.log(`${bold("fettle pg create prod-1 --sync")}: a primary and a synchronous standby`);
  const url = await fettle.run(["pg", "create", name, "--sync"], (line) => console.log(dim(`     ${line}`)));
  await using ledger = await openLedger(url, folder);
  ledger.start();
  await until("the client writes", async () => ledger.acknowledged.length > 20);
  console.log(`\nA client commits numbered rows through psql, one after the other, and notes each acknowledgement.\n`);

  await using watch = await Watch.start(fettle);
  const all: Mended[] = [];
  for (const [index, fault] of faults.entries()) all.push(await breakAndMend(index + 1, fault, fettle, ledger, watch));

  const isWhole = all.every(({ mended, lost }) => mended && lost === 0);
  console.log(`${table(all)}\n`);
  console.log(summary(all, ledger));
  if (options.json) console.log(json(all));
  if (options.stay) await stay(fettle);
  return isWhole ? 0 : 1;
}

async function breakAndMend(number: number, fault: Fault, fettle: Fettle, ledger: Ledger, watch: Watch): Promise<Mended> {
  await until("every copy is there", async () => (await see(fettle, name)).redundant);
  const { primary } = await see(fettle, name);
  const pagesBefore = (await fettle.pages()).length;
  const states: string[] = [];
  let began = Date.now();
  const stop = watch.listen((entry) => {
    const machine = entry.machine.replace("postgres/", "");
    if (machine === fault.mender) states.push(entry.to ?? "");
    console.log(dim(`     ${((Date.parse(entry.at) - began) / 1000).toFixed(2).padStart(5)}s  ${machine.padEnd(8)}  ${entry.to}`));
  });
  let sentences = 0;
  const say = (sentence: string) => {
    if (sentences++ === 0) began = Date.now();
    console.log(sentences === 1 ? bold(`${number}  ${sentence}`) : `     ${sentence}`);
  };
  await fault.happen({ fettle, name, primary, say, enters: (machine, state) => watch.enters(machine, state) });
  const mended = await isMended(fault, fettle, ledger, began);
  const ended = Date.now();
  // The watch may be a moment behind what was just seen.
  await sleep(100);
  stop();
  const lost = (await ledger.lost()).length;
  const result: Mended = {
    fault: fault.name,
    mended,
    seconds: Math.round((ended - began) / 100) / 10,
    writeGapMs: Math.round(ledger.longestGap(began, ended)),
    lost,
    pages: (await fettle.pages()).length - pagesBefore,
    states,
  };
  console.log(`     ${verdict(result)}\n`);
  return result;
}

/** As redundant as before, the mender has ended, and the client has gone on. */
async function isMended(fault: Fault, fettle: Fettle, ledger: Ledger, began: number): Promise<boolean> {
  try {
    await until("the fault is mended", async () => {
      const mender = await fettle.show(`postgres/${fault.mender}`, name).catch(() => undefined);
      const isEnded = mender?.status === "done" && Date.parse(mender.since) > began;
      const hasGoneOn = (ledger.acknowledged.at(-1) ?? 0) > Date.now() - 500;
      return isEnded && hasGoneOn && (await see(fettle, name)).redundant;
    });
    return true;
  } catch (error) {
    console.log(red(`     ${error instanceof Error ? error.message : String(error)}`));
    return false;
  }
}

function verdict({ mended, seconds, writeGapMs, lost }: Mended): string {
  if (!mended) return red(`Not mended in ${patience / 1000}s`);
  return `Mended in ${seconds.toFixed(1)}s, with every copy back. Writes paused for ${(writeGapMs / 1000).toFixed(2)}s. Acknowledged commits lost: ${lost}.`;
}

function summary(all: readonly Mended[], ledger: Ledger): string {
  const lost = all.reduce((sum, one) => sum + one.lost, 0);
  const mended = all.filter((one) => one.mended).length;
  const text = `${mended} of ${all.length} faults mended; ${lost} of ${ledger.acknowledged.length} acknowledged commits lost.`;
  return mended === all.length && lost === 0 ? bold(text) : red(text);
}

async function stay(fettle: Fettle): Promise<void> {
  isStaying = true;
  console.error(`It goes on running: ${fettle.url}. Ctrl-C ends it and removes ${folder}`);
  const { promise, resolve } = Promise.withResolvers<void>();
  interrupt.signal.addEventListener("abort", () => resolve());
  await promise;
}

async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + patience;
  for (;;) {
    // While fettle is down nothing can be asked of it.
    if (await holds().catch(() => false)) return;
    if (Date.now() > end) throw new Error(`Not within ${patience / 1000}s: ${what}`);
    await sleep(50);
  }
}

/** Ends the demo in order: what was begun is cleared away below. */
async function interrupted(): Promise<number> {
  const { promise, resolve } = Promise.withResolvers<number>();
  interrupt.signal.addEventListener("abort", () => {
    console.error("Stopping, and clearing away");
    resolve(isStaying ? 0 : 130);
  });
  return promise;
}
