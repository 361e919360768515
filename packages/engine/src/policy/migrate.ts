import { FettleError } from "../error.ts";
import type { Machine } from "../machine/machine.ts";

/** An instance as it is kept: where it is, and its data, which older code wrote. */
export interface Kept {
  readonly state: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** By version: turns what the version before it has kept into what that version keeps. */
export type Migrate = { readonly [version: number]: (old: Kept) => Kept };

/** What an instance of an older version becomes, one version after the other; undefined where nothing is to be turned. Throws MIGRATION_FAILED. */
export function migrated(machine: Pick<Machine, "name" | "version" | "migrate">, version: number, kept: Kept): Kept | undefined {
  let now: Kept | undefined;
  for (let next = version + 1; next <= machine.version; next++) {
    const step = machine.migrate[next];
    if (step) now = taken(machine.name, next, step, now ?? kept);
  }
  return now;
}

function taken(name: string, version: number, step: (old: Kept) => Kept, old: Kept): Kept {
  try {
    return step(old);
  } catch (cause) {
    throw migrationFailed({ name }, version, cause instanceof Error ? cause.message : String(cause), cause);
  }
}

export function migrationFailed({ name }: { readonly name: string }, version: number, problem: string, cause?: unknown): FettleError {
  return new FettleError("MIGRATION_FAILED", `Cannot turn an older instance of ${name} into version ${version}: ${problem}`, {
    fix: `Mend migrate[${version}] so that it answers with a state of the machine and data that its schema accepts, and retry`,
    retryable: false,
    cause,
  });
}
