import type { Contender } from "./contender.ts";

/** Each is loaded only in the process that runs it. */
const modules = {
  floor: () => import("./floor.ts"),
  floorLocal: () => import("./floor-local.ts"),
  ours: () => import("./ours.ts"),
  "graphile-worker": () => import("./graphile-worker.ts"),
  "pg-boss": () => import("./pg-boss.ts"),
  dbos: () => import("./dbos.ts"),
  restate: () => import("./restate.ts"),
} satisfies Record<string, () => Promise<{ contender: Contender }>>;

export type Name = keyof typeof modules;

export const names = Object.keys(modules) as Name[];
/** What other people made. */
export const peers = names.filter((name) => !["floor", "floorLocal", "ours"].includes(name));

export async function contender(name: Name): Promise<Contender> {
  return (await modules[name]()).contender;
}

/** Of `a,b`; all of them when nothing is given. */
export function named(only: string | undefined): Name[] {
  if (only === undefined) return names;
  return only.split(",").map((name) => {
    const found = names.find((one) => one === name);
    if (found) return found;
    throw new RangeError(`Expected --only to name some of ${names.join(", ")}, with commas between, got ${name}`);
  });
}
