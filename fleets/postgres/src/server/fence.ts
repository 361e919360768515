import { FettleError } from "@fettle/engine";
import { closeAccess } from "./access.ts";
import { type Banned, bannedData } from "./place.ts";
import { killServer } from "./processes.ts";
import { revisionInForce } from "./replication.ts";
import type { Server } from "./server.ts";

/**
 * Takes from a member the power to serve, by four means, each enough while nobody undoes it: its processes are killed; its data is
 * moved from where its configuration looks for it; that data is marked a standby's, which takes no writes; and its access
 * file and password file let nobody in and it nowhere.
 * A worker that slept meanwhile is refused, or does nothing that lasts to a life that the member was given since.
 */
export async function fence(server: Server, why: Banned, token: string, revision: number, abort: AbortSignal): Promise<void> {
  const { place, host } = server;
  // By one more than was decided it may be configured without anybody's commit.
  const newest = revision + 1;
  await checkLife(server, newest);
  await killServer(server, abort);
  await host.files.makeFolder(place.folder, "owner");
  const banned = bannedData(place, why, token);
  if ((await host.files.exists(place.data)) && !(await host.files.exists(banned))) {
    // Since the kill this worker may have slept, and the member may have been given data anew: it is not this one's to take.
    abort.throwIfAborted();
    await checkLife(server, newest);
    await host.files.rename(place.data, banned);
  }
  if (await host.files.exists(banned)) await host.files.write(`${banned}/standby.signal`, "");
  await checkLife(server, newest);
  await closeAccess(server, newest);
  await host.files.remove(place.passwords);
  // One that was started between the kill and the move dies here.
  await killServer(server, abort);
}

/** Throws STALE_DECISION when the member has been configured since for another life. */
async function checkLife(server: Server, newest: number): Promise<void> {
  const inForce = await revisionInForce(server);
  if (inForce <= newest) return;
  throw new FettleError(
    "STALE_DECISION",
    `Cannot fence ${server.place.title} up to revision ${newest} of its topology: revision ${inForce} is in force`,
  );
}
