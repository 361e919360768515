import { FettleError } from "../error.ts";
import type { SeenInstance } from "../store/list-instances.ts";

/** A run that is done takes nothing any more. */
export function notRunning({ key, run, machine }: Pick<SeenInstance, "key" | "run" | "machine">, what: string): FettleError {
  return new FettleError("NOT_RUNNING", `Cannot ${what} ${key}: run ${run} of ${machine} is done`, {
    fix: `Start it anew: fettle start ${machine} ${key}`,
  });
}
