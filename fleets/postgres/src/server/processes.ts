import { setTimeout as sleep } from "node:timers/promises";
import { FettleError } from "@fettle/engine";
import type { Process } from "../host/host.ts";
import type { Server } from "./server.ts";

/**
 * Every process of a member: those that work in its data (also when that was deleted), those whose command line or title names
 * it (its data may have been moved away under it), and all their children.
 */
export function belonging(all: readonly Process[], place: Server["place"]): Process[] {
  const own = new Map(all.filter((process) => belongs(process, place)).map((process) => [process.pid, process]));
  for (let grown = true; grown; ) {
    const children = all.filter((process) => own.has(process.parent) && !own.has(process.pid));
    for (const child of children) own.set(child.pid, child);
    grown = children.length > 0;
  }
  return [...own.values()];
}

function belongs(process: Process, place: Server["place"]): boolean {
  if (process.title.startsWith(`postgres: ${place.title}: `) || isPostmaster(process, place)) return true;
  // A person's shell in that folder is nobody's server.
  return isPostgres(process) && (process.folder === place.data || process.folder.startsWith(`${place.data}.`));
}

/** The first process of a server: the one that we started with this configuration. */
export function isPostmaster(process: Process, place: Server["place"]): boolean {
  return isPostgres(process) && process.title.includes(`config_file=${place.config}`);
}

function isPostgres(process: Process): boolean {
  return /^\S*\bpostgres\b/.test(process.title);
}

export async function processesOf(server: Pick<Server, "host" | "place">): Promise<Process[]> {
  return belonging(await server.host.processes("postgres"), server.place);
}

export async function postmasterOf(server: Server): Promise<Process | undefined> {
  return (await processesOf(server)).find((process) => isPostmaster(process, server.place));
}

/** Kills every process of the member, the stopped and the orphaned too, and returns when none is left. Throws KILL_FAILED after 10s. */
export async function killServer(server: Pick<Server, "host" | "place">, abort: AbortSignal): Promise<void> {
  const end = Date.now() + 10_000;
  for (;;) {
    abort.throwIfAborted();
    const left = await processesOf(server);
    if (left.length === 0) return;
    if (Date.now() > end) {
      throw new FettleError(
        "KILL_FAILED",
        `${left.length} processes of ${server.place.title} live on 10s after SIGKILL: ${left.map(({ pid }) => pid).join(", ")}`,
        {
          fix: "Look at what they wait for, in /proc/PID/stack and dmesg; a failing disk holds processes like this",
        },
      );
    }
    // The postmaster first, or it starts others anew.
    const order = left.toSorted((one, other) => Number(isPostmaster(other, server.place)) - Number(isPostmaster(one, server.place)));
    await server.host.kill(
      order.map(({ pid }) => pid),
      "SIGKILL",
    );
    await sleep(5);
  }
}
