import { deadlineChanges } from "../machine/deadline.ts";
import { encode } from "../machine/json.ts";
import type { Machine } from "../machine/machine.ts";
import { parse } from "../machine/schema.ts";
import { type Kept, migrated, migrationFailed } from "../policy/migrate.ts";
import type { InstanceRow } from "../store/change.ts";
import { type Attempted, calmed, change, failed, history } from "./conclude.ts";
import type { World } from "./visit.ts";

/**
 * What older code has kept is turned into what this code keeps, in a commit of its own, before the handler runs. Until it can be, the
 * instance keeps its version, so that a retry turns it again. Undefined where nothing is to be turned.
 */
export function migrate(row: InstanceRow, machine: Machine, world: World): Promise<Attempted> | undefined {
  const unturned = { ...machine, version: row.version };
  try {
    const kept = migrated(machine, row.version, { state: row.state, data: JSON.parse(row.data) });
    return kept && turnedInto(row, machine, kept, world).catch((error: unknown) => failed(row, unturned, error, world, world.now()));
  } catch (error) {
    return Promise.resolve(failed(row, unturned, error, world, world.now()));
  }
}

async function turnedInto(row: InstanceRow, machine: Machine, kept: Kept, world: World): Promise<Attempted> {
  if (!Object.hasOwn(machine.transitions, kept.state)) {
    throw migrationFailed(machine, machine.version, `it leads to ${kept.state}, which is no state`);
  }
  const data = encode(await parse(machine.data, kept.data, "data", "MIGRATION_FAILED"), "data");
  const entered = kept.state !== row.state;
  const { arm, disarm } = entered ? deadlineChanges(machine, row.state, kept.state) : { arm: [], disarm: [] };
  return change(row, machine, {
    state: kept.state,
    entered,
    due: world.now(),
    data,
    history: history(row, "migrated", 0),
    effects: { arm, disarm, calmed: calmed(row, disarm) },
  });
}
