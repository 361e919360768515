import { FettleError } from "@fettle/engine";
import { type Command, textOf } from "./command.ts";
import { layDown, ruleOptions } from "./lay-down.ts";

const modes = ["observe", "ask", "act"];

export const mode: Command = {
  name: "mode",
  about: "Say whether instances act on the world, ask before they do, or only observe",
  args: [
    { usage: "<mode>", about: "observe, ask or act" },
    { usage: "[key]", about: "one instance, or select with -m and -l" },
  ],
  options: ruleOptions,
  examples: [
    "fettle mode observe -m postgres/failover --why 'its first week'",
    "fettle mode act -m postgres/failover -l env=staging --why 'staging may mend itself'",
  ],
  async run(call) {
    const value = textOf(call.args.mode) ?? "";
    if (modes.includes(value)) return layDown(call, "mode", value);
    throw new FettleError("USAGE", `Cannot read "${value}" as a mode`, { fix: `Use one of ${modes.join(", ")}` });
  },
};
