import { failureOf } from "../error.ts";
import type { Machine } from "../machine/machine.ts";
import { lacking } from "../machine/needs.ts";
import { parse } from "../machine/schema.ts";
import { type Kept, migrated } from "../policy/migrate.ts";
import type { Client, LivingInstance, Misfit } from "./client.ts";

/**
 * Compares the code with living instances: those that this code could not run. They come from a store, or from an export of one
 * (`fettle export`), so that new code can be checked where production cannot be reached.
 */
export async function misfits(
  machines: Iterable<Machine>,
  living: Iterable<LivingInstance> | AsyncIterable<LivingInstance>,
): Promise<Misfit[]> {
  const known = new Map(Array.from(machines, (machine) => [machine.name, machine]));
  const found: Misfit[] = [];
  for await (const instance of living) {
    const wrong = await misfit(instance, known.get(instance.machine));
    if (wrong) found.push(wrong);
  }
  return found;
}

/** All of `living`, page by page. */
export async function* everyLiving({ living }: Pick<Client, "living">): AsyncGenerator<LivingInstance, void, undefined> {
  for (let page = await living(0); page.length > 0; page = await living(page.at(-1)?.id)) yield* page;
}

async function misfit(instance: LivingInstance, machine: Machine | undefined): Promise<Misfit | undefined> {
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
    const kept: Kept = { state: instance.state, data: instance.data };
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
