import type { Misfit } from "@fettle/engine";
import { exit } from "../exit.ts";
import { bold } from "../output/paint.ts";
import type { Command } from "./command.ts";

export const check: Command = {
  name: "check",
  about: "Compare the code with the living: does every instance fit?",
  examples: ["fettle check", "fettle check --json && deploy"],
  async run(call) {
    const client = await call.client();
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

function spoken(count: number): string {
  return count === 1 ? "1 instance does" : `${count.toLocaleString("en-US")} instances do`;
}

function eyeRow({ machine, key, message, fix }: Misfit) {
  return { KEY: bold(key), MACHINE: machine, PROBLEM: message, FIX: fix };
}

function programRow({ machine, key, code, message, fix }: Misfit) {
  return { KEY: key, MACHINE: machine, CODE: code, PROBLEM: message, FIX: fix };
}
