import { failureOf } from "../error.ts";
import type { Machine } from "../machine/machine.ts";
import { lacking } from "../machine/needs.ts";
import { parse } from "../machine/schema.ts";
import { type Kept, migrated } from "../policy/migrate.ts";
import { listInstances, type SeenInstance } from "../store/list-instances.ts";
import type { Session } from "../store/session.ts";
import type { Misfit } from "./client.ts";

/** Compares the code with the living: every instance that is not done and that this code could not run. */
export async function misfits(session: Session, known: ReadonlyMap<string, Machine>): Promise<Misfit[]> {
  const living = [
    ...(await listInstances(session, { status: "running" }, 1_000_000)),
    ...(await listInstances(session, { status: "stuck" }, 1_000_000)),
  ];
  const found = await Promise.all(living.map((instance) => misfit(instance, known.get(instance.machine))));
  return found.filter((each) => each !== undefined);
}

async function misfit(instance: SeenInstance, machine: Machine | undefined): Promise<Misfit | undefined> {
  const { key } = instance;
  const named = { machine: instance.machine, key };
  if (!machine) {
    const fix = `Add ${instance.machine} to machines or fleets in fettle.config.ts`;
    return { ...named, code: "NO_SUCH_MACHINE", message: `the code has no machine ${instance.machine}`, fix };
  }
  if (instance.version > machine.version) {
    const message = `it was written by version ${instance.version}, and the code is version ${machine.version}`;
    return { ...named, code: "VERSION_TOO_NEW", message, fix: "Run the newer code" };
  }
  try {
    const kept: Kept = { state: instance.state, data: JSON.parse(instance.data) };
    const wrong = await misfitting(machine, migrated(machine, instance.version, kept) ?? kept);
    return wrong && { ...named, ...wrong };
  } catch (error) {
    const { message } = failureOf(error);
    return { ...named, code: "MIGRATION_FAILED", message, fix: `Mend migrate of ${machine.name}` };
  }
}

/** What is wrong with an instance as the code would find it, turned by `migrate` where it is older. */
async function misfitting(machine: Machine, { state, data }: Kept): Promise<Omit<Misfit, "machine" | "key"> | undefined> {
  if (!Object.hasOwn(machine.transitions, state)) {
    const fix = `Bring the state ${state} back until nothing is in it, or lead it elsewhere: raise version, and add migrate`;
    return { code: "NO_SUCH_STATE", message: `state "${state}" is not in the table`, fix };
  }
  try {
    const parsed = await parse(machine.data, data, "data", "BAD_DATA");
    const fields = lacking(machine.needs, state, parsed as object);
    if (fields.length === 0) return undefined;
    return { code: "BAD_DATA", message: `${state} needs ${fields.join(" and ")}, which data lacks`, fix: "Raise version, and add migrate" };
  } catch (error) {
    const fix = "Let the schema accept what older code wrote, or turn it: raise version, and add migrate";
    return { code: "BAD_DATA", message: failureOf(error).message, fix };
  }
}
