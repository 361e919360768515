import type { Child } from "../machine/it.ts";
import type { Machine } from "../machine/machine.ts";
import { parseInput, parseSignal } from "../machine/schema.ts";
import type { Change, InstanceRow } from "../store/change.ts";
import { Attempt } from "../worker/attempt.ts";
import type { Attempted } from "../worker/conclude.ts";
import type { Handler, Visit } from "../worker/visit.ts";

export interface Alone {
  readonly key?: string;
  readonly labels?: Readonly<Record<string, string>>;
  /** Failed attempts before this one. Default 0. */
  readonly failures?: number;
  readonly signals?: readonly { readonly name: string; readonly payload?: unknown }[];
  readonly children?: readonly Child[];
}

/** What one attempt decided. `data` is what is kept, the patch included. */
export interface Decided {
  readonly kind: "to" | "wait" | "done" | "stuck" | "failed";
  readonly state: string;
  readonly data: unknown;
  readonly error: { readonly code: string; readonly message: string } | null;
  readonly spawned: readonly string[];
}

/** Runs the handler of one state once, with neither store nor worker. */
export async function runState<Data>(machine: Machine<Data>, state: string, data: Data, alone: Alone = {}): Promise<Decided> {
  const signals = await Promise.all(
    (alone.signals ?? []).map(async ({ name, payload }) => ({ name, payload: await parseSignal(machine, name, payload) })),
  );
  const row: InstanceRow = {
    id: 1,
    machine: machine.name,
    key: alone.key ?? "alone",
    labels: alone.labels ?? {},
    run: 1,
    version: machine.version,
    rev: 1,
    state,
    step: 0,
    since: Date.now(),
    status: "running",
    attempt: alone.failures ?? 0,
    firstFailure: null,
    error: null,
    data: await parseInput(machine, data),
    hasParent: false,
    inbox: signals.map((signal, id) => ({ id, run: 1, kind: "signal", ...signal, by: "test", why: "" })),
  };
  const world = {
    now: Date.now,
    random: () => 0.5,
    children: async () => alone.children ?? [],
    cron: async () => undefined,
    log: () => {},
    call: (_id: number, handler: Handler, visit: Visit) => handler(visit),
    watch: (attempt: { armTimeout(): void }) => attempt.armTimeout(),
    alarm(ms: number, ring: () => void) {
      const timer = setTimeout(ring, ms);
      return { [Symbol.dispose]: () => clearTimeout(timer) };
    },
  };
  return decided(row, await new Attempt(row, machine, world).answer);
}

function decided(row: InstanceRow, attempted: Attempted): Decided {
  if (attempted.kind !== "change") return { kind: "wait", state: row.state, data: JSON.parse(row.data), error: null, spawned: [] };
  const { change } = attempted;
  return {
    kind: kindOf(change),
    state: change.state,
    data: JSON.parse(change.data ?? row.data),
    error: change.error === null ? null : JSON.parse(change.error),
    spawned: (change.effects.spawned ?? []).map((child) => `${child.machine} ${child.key}`),
  };
}

function kindOf({ history, entered }: Change): Decided["kind"] {
  if (history?.kind === "done" || history?.kind === "stuck" || history?.kind === "failed") return history.kind;
  return entered ? "to" : "wait";
}
