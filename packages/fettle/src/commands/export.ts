import { everyLiving } from "@fettle/engine";
import { exit } from "../exit.ts";
import type { Command } from "./command.ts";

export const exportCommand: Command = {
  name: "export",
  about: "Print every instance that is not done, one JSON object a line, for fettle check --export",
  examples: ["fettle export > living.ndjson", "fettle export | fettle check --export -"],
  async run(call) {
    for await (const instance of everyLiving(await call.client())) {
      // A pipe that is full takes no more until its reader goes on.
      if (!process.stdout.write(`${JSON.stringify(instance)}\n`)) await new Promise((resolve) => process.stdout.once("drain", resolve));
    }
    return exit.done;
  },
};
