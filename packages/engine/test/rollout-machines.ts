import { z } from "zod";
import { type Machine, machine, none } from "../src/index.ts";

/** Machines whose instances wait until a person does something to them. In `trying`, those that are broken get stuck at once. */
export function repairs(broken: ReadonlySet<string>): readonly Machine[] {
  const repair = machine({
    name: "repair",
    data: z.object({ n: z.number().optional() }),
    signals: { poke: z.object({ hard: z.boolean() }), end: none },
    start: "waiting",
    transitions: { waiting: ["poked"], poked: [], trying: [], needy: [] },
    needs: { needy: ["n"] },
    policy: { trying: { retry: { attempts: 1 } } },
    states: {
      waiting: async (it) => (it.take("poke") ? it.to("poked") : it.wait("1h", {})),
      poked: async (it) => it.wait("1h", {}),
      async trying(it) {
        if (broken.has(it.key)) throw new Error("it is still broken");
        return it.wait("1h", {});
      },
      needy: async (it) => it.wait("1h", {}),
    },
  });
  const other = machine({
    name: "other",
    data: z.object({}),
    start: "waiting",
    transitions: { waiting: [] },
    states: { waiting: async (it) => it.wait("1h", {}) },
  });
  return [repair, other];
}
