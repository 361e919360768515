import type { Client, Machine, Misfit } from "@fettle/engine";
import { exit } from "../exit.ts";
import { bold } from "../output/paint.ts";
import type { Call, Command } from "./command.ts";

export const check: Command = {
  name: "check",
  about: "Compare the code with the living: does every instance fit?",
  examples: ["fettle check", "fettle check --json && deploy"],
  async run(call) {
    const client = await call.client();
    await warnOfOtherCode(call, client);
    const misfits = await client.check();
    if (misfits.length > 0 && call.out.terminal && !call.out.json) call.out.say(`${spoken(misfits.length)} not fit the code:`);
    call.out.table(
      misfits.map((misfit) => (call.out.terminal ? eyeRow(misfit) : programRow(misfit))),
      misfits,
    );
    if (misfits.length > 0) return exit.failed;
    if (!call.out.json) call.out.say("Every instance fits the code");
    return exit.done;
  },
};

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
