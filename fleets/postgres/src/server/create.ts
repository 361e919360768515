import { FettleError } from "@fettle/engine";
import { escapeIdentifier, escapeLiteral } from "pg";
import { openAccess } from "./access.ts";
import { serverConfig } from "./config.ts";
import { pulseTable } from "./pulse.ts";
import { writeReplication } from "./replication.ts";
import { controlLogin, passwordLine } from "./secrets.ts";
import type { Server } from "./server.ts";
import { withSession } from "./session.ts";
import { logTail, startServer, waitUntilUp } from "./start.ts";

/** The files outside its data that a member begins a life with, but the one that lets people in. */
export async function writeMember(server: Server, life: number): Promise<void> {
  const { files } = server.host;
  const { place, address, secrets } = server;
  await files.makeFolder(place.folder, "owner");
  await files.makeFolder(place.socket, "owner");
  await files.makeFolder(place.jobs, "owner");
  await files.write(place.config, serverConfig(place, address.host, address.port, life));
  await files.write(place.passwords, passwordLine("replicator", secrets.replicator) + passwordLine("postgres", secrets.postgres));
}

/** Before every revision of the topology. */
const firstLife = 0;

/** A new, empty database on a new server that runs: roles, and the database of the cluster's name, owned by app. */
export async function createPrimary(server: Server, database: string, abort: AbortSignal): Promise<void> {
  const { host, place, programs, secrets } = server;
  await writeMember(server, firstLife);
  await writeReplication(server, { synchronous: [] }, firstLife);
  const passwordFile = `${place.folder}/initial-password`;
  await host.files.write(passwordFile, secrets.postgres);
  try {
    const made = await host.run({
      program: `${programs.folder}/initdb`,
      args: [
        "-D",
        place.data,
        "-U",
        "postgres",
        "-A",
        "scram-sha-256",
        "--data-checksums",
        "-E",
        "UTF8",
        "--locale=C.UTF-8",
        `--pwfile=${passwordFile}`,
      ],
    });
    if (made.code !== 0)
      throw new FettleError("CREATE_FAILED", `initdb could not make ${place.data}: ${made.stderr.trim().split("\n").at(-1)}`);
  } finally {
    await host.files.remove(passwordFile);
  }
  // Nobody can start it by its data alone, past the configuration that fences it.
  await host.files.remove(`${place.data}/postgresql.conf`);
  await host.files.remove(`${place.data}/pg_hba.conf`);
  await openAccess(server, firstLife);
  await startServer(server);
  const rise = await waitUntilUp(server, 20_000, abort);
  if (rise.kind !== "up") throw new FettleError("CREATE_FAILED", `The new server ${place.title} did not start: ${await logTail(server)}`);
  await createRoles(server, database);
}

async function createRoles(server: Server, database: string): Promise<void> {
  const { replicator, app } = server.secrets;
  await withSession(server.address, controlLogin(server.secrets), async (session) => {
    // A password must not stand in the log, should one of these fail.
    await session.query("set log_min_error_statement = panic");
    await session.query(`create role replicator login replication password ${escapeLiteral(replicator)}`);
    await session.query(`create role app login password ${escapeLiteral(app)}`);
    await session.query(`create database ${escapeIdentifier(database)} owner app`);
    for (const statement of pulseTable.trim().split(";\n")) await session.query(statement);
    await session.query("checkpoint");
  });
}
