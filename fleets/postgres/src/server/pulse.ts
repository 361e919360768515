import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { controlLogin } from "./secrets.ts";
import type { Server } from "./server.ts";
import { type Session, withSession } from "./session.ts";

/**
 * A committed write, the only proof that a server serves: "ready to accept connections" in a log, an open port and a row in
 * pg_stat_replication each prove nothing. The control role commits without waiting for standbys (it is set on the role), or
 * a lost standby would look like a lost primary.
 */
export async function writePulse(session: Session, ms = 2_000): Promise<string> {
  const nonce = randomUUID();
  await session.query("update fettle_pulse set nonce = $1, at = clock_timestamp()", [nonce], ms);
  return nonce;
}

export const pulseTable = `
create table fettle_pulse (single bool primary key default true check (single), nonce text not null, at timestamptz not null);
insert into fettle_pulse (nonce, at) values ('', clock_timestamp());
alter role postgres set synchronous_commit = local;
`;

/**
 * Whether the standby applies what the primary commits now: a number of WAL can be larger on a diverged copy, a random text
 * can only have come from this primary.
 */
export async function follows(primary: Session, standby: Server, ms: number, abort: AbortSignal): Promise<boolean> {
  const nonce = await writePulse(primary);
  const end = Date.now() + ms;
  return withSession(standby.address, controlLogin(standby.secrets), async (session) => {
    for (;;) {
      abort.throwIfAborted();
      const [row] = await session.query<{ nonce: string; recovering: boolean }>(
        "select nonce, pg_is_in_recovery() as recovering from fettle_pulse",
        [],
        1_000,
      );
      if (row?.recovering === false) return false;
      if (row?.nonce === nonce) return true;
      if (Date.now() > end) return false;
      await sleep(10);
    }
  });
}
