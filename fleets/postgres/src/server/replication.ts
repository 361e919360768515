import { FettleError } from "@fettle/engine";
import { type Replication, replicationConfig, revisionOf } from "./config.ts";
import type { Server } from "./server.ts";
import { reload } from "./start.ts";

/**
 * Writes whom the member follows and who must have its commits, and makes it read that. A worker that slept and woke may come
 * here with decisions of long ago: the file keeps the revision of the topology it was written for, and an older one is refused.
 */
export async function setReplication(server: Server, replication: Replication, revision: number): Promise<void> {
  await writeReplication(server, replication, revision);
  await reload(server);
}

/** The revision that the member's configuration was written for. */
export async function revisionInForce(server: Server): Promise<number> {
  return revisionOf((await server.host.files.read(server.place.replication)) ?? "");
}

/** `setReplication` for a member that does not run. Throws STALE_DECISION. */
export async function writeReplication(server: Server, replication: Replication, revision: number): Promise<void> {
  const { files } = server.host;
  const written = await revisionInForce(server);
  if (written > revision) {
    throw new FettleError(
      "STALE_DECISION",
      `Cannot configure ${server.place.title} by revision ${revision} of its topology: revision ${written} is in force`,
    );
  }
  await files.write(server.place.replication, replicationConfig(server.place, replication, revision));
}
