import { FettleError } from "@fettle/engine";
import { slotName } from "./config.ts";
import { controlLogin } from "./secrets.ts";
import type { Server } from "./server.ts";
import { withSession } from "./session.ts";

/** Starts to copy the primary into an empty data folder, once per folder of a job. */
export async function startCopy(server: Server, primary: Server, job: string): Promise<void> {
  await server.host.jobs.start(job, {
    program: `${server.programs.folder}/pg_basebackup`,
    args: [
      "-D",
      server.place.data,
      "-d",
      connection(primary, "replicator"),
      "-X",
      "stream",
      "-S",
      slotName(server.member),
      "-c",
      "fast",
      "--no-password",
    ],
    env: { PGPASSFILE: server.place.passwords },
  });
}

/** Starts to bring a diverged data folder back to where it left the primary's history. */
export async function startRewind(server: Server, primary: Server, job: string): Promise<void> {
  // Until the first checkpoint after a promotion the control file still names the old timeline, and pg_rewind says, wrongly,
  // that nothing is to be rewound: the old primary would then follow on a history of its own.
  await withSession(primary.address, controlLogin(primary.secrets), (session) => session.query("checkpoint", [], 60_000));
  await server.host.jobs.start(job, {
    program: `${server.programs.folder}/pg_rewind`,
    args: [
      "-D",
      server.place.data,
      `--source-server=${connection(primary, "postgres")} dbname=postgres`,
      `--config-file=${server.place.config}`,
    ],
    env: { PGPASSFILE: server.place.passwords },
  });
}

/** The slot keeps the WAL that the member still needs. A copy streams by it from its first second. */
export async function ensureSlot(primary: Server, member: string): Promise<void> {
  await withSession(primary.address, controlLogin(primary.secrets), async (session) => {
    await session.query(
      `select pg_drop_replication_slot(slot_name) from pg_replication_slots where slot_name = $1 and wal_status = 'lost' and not active`,
      [slotName(member)],
    );
    await session.query(
      `select pg_create_physical_replication_slot($1, true) where not exists (select from pg_replication_slots where slot_name = $1)`,
      [slotName(member)],
    );
  });
}

/** Makes the data that of a standby: it asks for no WAL of its own when it starts. */
export async function markStandby(server: Server): Promise<void> {
  await server.host.files.write(`${server.place.data}/standby.signal`, "");
}

export async function checkFree(server: Server, bytes: number): Promise<void> {
  const free = await server.host.files.free(server.place.folder);
  if (free >= bytes) return;
  const mib = (count: number) => `${Math.floor(count / 2 ** 20)} MiB`;
  throw new FettleError("DISK_FULL", `Cannot make ${server.place.data}: ${mib(free)} are free there, and it needs ${mib(bytes)}`, {
    fix: "Free space on that disk, or give postgres() a folder on another",
    retryable: false,
  });
}

function connection(primary: Server, user: string): string {
  return `host=${primary.address.host} port=${primary.address.port} user=${user} connect_timeout=5`;
}
