import { type Client, type LivingInstance, type Machine, type Misfit, misfits, rolloutName } from "@fettle/engine";
import { exit } from "../exit.ts";
import { bold } from "../output/paint.ts";
import { type Call, type Command, textOf } from "./command.ts";
import { readExport } from "./read-export.ts";

export const check: Command = {
  name: "check",
  about: "Compare the code with the living: does every instance fit?",
  options: [{ flags: "--export <file>", about: "the living that fettle export has printed, instead of a store's; - for standard input" }],
  examples: ["fettle check", "fettle check --json && deploy", "fettle check --export living.ndjson"],
  async run(call) {
    const found = await misfitsFor(call);
    if (found.length > 0 && call.out.terminal && !call.out.json) call.out.say(`${spoken(found.length)} not fit the code:`);
    call.out.table(
      found.map((misfit) => (call.out.terminal ? eyeRow(misfit) : programRow(misfit))),
      found,
    );
    if (found.length > 0) return exit.failed;
    if (!call.out.json) call.out.say("Every instance fits the code");
    return exit.done;
  },
};

async function misfitsFor(call: Call): Promise<readonly Misfit[]> {
  const file = textOf(call.options.export);
  if (file !== undefined) return misfits((await call.setup()).machines, withoutOwn(readExport(file)));
  const client = await call.client();
  await warnOfOtherCode(call, client);
  return client.check();
}

/** The engine's own machines come with the engine, not with the config. */
async function* withoutOwn(living: AsyncIterable<LivingInstance>): AsyncGenerator<LivingInstance, void, undefined> {
  for await (const instance of living) if (instance.machine !== rolloutName) yield instance;
}

/** Over HTTP it is the running process that checks, with the code that it has loaded. */
async function warnOfOtherCode(call: Call, client: Client): Promise<void> {
  const { machines } = await call.setup();
  const tables = (all: readonly Pick<Machine, "name" | "version" | "transitions">[]) =>
    JSON.stringify(all.map(({ name, version, transitions }) => [name, version, transitions]));
  if (tables(await client.machines()) === tables(machines)) return;
  call.out.say("The running fettle up has other machines than this config, and it is those that are checked. Start it again first");
}

function spoken(count: number): string {
  return count === 1 ? "1 instance does" : `${count.toLocaleString("en-US")} instances do`;
}

function eyeRow({ machine, key, message, fix }: Misfit) {
  return { KEY: bold(key), MACHINE: machine, PROBLEM: message, FIX: fix };
}

function programRow({ machine, key, code, message, fix }: Misfit) {
  return { KEY: key, MACHINE: machine, CODE: code, PROBLEM: message, FIX: fix };
}
