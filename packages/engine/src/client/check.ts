import { failureOf } from "../error.ts";
import type { Machine } from "../machine/machine.ts";
import { parse } from "../machine/schema.ts";
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
  if (!Object.hasOwn(machine.transitions, instance.state)) {
    const fix = `Bring the state ${instance.state} back until nothing is in it`;
    return { ...named, code: "NO_SUCH_STATE", message: `state "${instance.state}" is not in the table`, fix };
  }
  try {
    await parse(machine.data, JSON.parse(instance.data), "data", "BAD_DATA");
  } catch (error) {
    return { ...named, code: "BAD_DATA", message: failureOf(error).message, fix: "Let the schema accept what older code wrote" };
  }
  return undefined;
}
