import { setTimeout as sleep } from "node:timers/promises";
import { FettleError } from "@fettle/engine";
import { writePulse } from "./pulse.ts";
import { setReplication } from "./replication.ts";
import { controlLogin } from "./secrets.ts";
import type { Server } from "./server.ts";
import { type Session, withSession } from "./session.ts";

/**
 * Makes a standby the primary, and returns its new timeline once a write is committed on it. A second call finds it promoted and
 * only proves it again. `synchronous` is in force before it takes its first write.
 */
export async function promote(server: Server, synchronous: readonly string[], revision: number, abort: AbortSignal): Promise<number> {
  return withSession(server.address, controlLogin(server.secrets), async (session) => {
    if (await isRecovering(session)) {
      await setReplication(server, { synchronous }, revision);
      await session.query("select pg_promote(false)");
      await untilPromoted(server, session, abort);
    }
    await writePulse(session);
    const [row] = await session.query<{ timeline: string }>("select substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8) as timeline");
    return Number.parseInt(row?.timeline ?? "", 16);
  });
}

async function untilPromoted(server: Server, session: Session, abort: AbortSignal): Promise<void> {
  const end = Date.now() + 20_000;
  while (await isRecovering(session)) {
    abort.throwIfAborted();
    if (Date.now() > end)
      throw new FettleError("PROMOTE_FAILED", `${server.place.title} is still a standby 20s after it was told to be the primary`);
    await sleep(10);
  }
}

async function isRecovering(session: Session): Promise<boolean> {
  const [row] = await session.query<{ recovering: boolean }>("select pg_is_in_recovery() as recovering");
  return row?.recovering === true;
}
