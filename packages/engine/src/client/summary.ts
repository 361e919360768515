import type { Failure } from "../error.ts";
import type { Machine } from "../machine/machine.ts";
import { attemptsAllowed } from "../machine/retry.ts";
import type { SeenInstance } from "../store/list-instances.ts";
import type { Held, InstanceSummary, Relative } from "./client.ts";

export function summary(instance: SeenInstance, known: ReadonlyMap<string, Machine>, held: Held | undefined): InstanceSummary {
  const machine = known.get(instance.machine);
  return {
    machine: instance.machine,
    key: instance.key,
    run: instance.run,
    state: instance.state,
    status: instance.status,
    since: new Date(instance.since).toISOString(),
    due: instance.due === null ? null : new Date(instance.due).toISOString(),
    attempt: instance.attempt,
    attempts: machine ? attemptsAllowed(machine.policy[instance.state]) : null,
    error: instance.error === null ? null : (JSON.parse(instance.error) as Failure),
    labels: instance.labels,
    note: machine ? noteOf(machine, instance.data) : null,
    held: held ?? null,
  };
}

export function relative(instance: SeenInstance): Relative {
  const { machine, key, run, state, status } = instance;
  return { machine, key, run, state, status };
}

/** Data that the code no longer accepts may make the machine's note throw; what is wrong with it is said by `check`. */
function noteOf(machine: Machine, data: string): string | null {
  try {
    return machine.note(JSON.parse(data) as never) ?? null;
  } catch (error) {
    return `its note cannot be made: ${error instanceof Error ? error.message : String(error)}`;
  }
}
