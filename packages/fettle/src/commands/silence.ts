import type { Command } from "./command.ts";
import { layDown, ruleOptions } from "./lay-down.ts";

export const silence: Command = {
  name: "silence",
  about: "Page nobody for instances during a maintenance, and hold their actions if wanted",
  args: [{ usage: "[key]", about: "one instance, or select with -m and -l" }],
  options: [...ruleOptions, { flags: "--hold", about: "they do not act on the world either" }],
  examples: [
    "fettle silence -l region=eu --for 2h --why 'switch sw-4 is changed'",
    "fettle silence prod-9 --for 30m --hold --why 'a disk is replaced'",
  ],
  run: (call) => layDown(call, "silence", call.options.hold === true ? "hold" : "mute"),
};
