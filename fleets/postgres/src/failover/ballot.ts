import { setTimeout as sleep } from "node:timers/promises";
import { revive } from "../server/revive.ts";
import { controlLogin } from "../server/secrets.ts";
import type { Server } from "../server/server.ts";
import { type Session, withSession } from "../server/session.ts";
import { troubleOf } from "../server/trouble.ts";
import type { Ballot } from "./election.ts";

/** Asks a member how far its WAL reaches. One that does not run, or is frozen, is started first: its answer may be needed. */
export async function askBallot(server: Server, abort: AbortSignal): Promise<Ballot> {
  const { member } = server;
  try {
    return { member, answer: await withSession(server.address, controlLogin(server.secrets), reach, 1_000) };
  } catch (error) {
    const trouble = troubleOf(error);
    // What was a primary's must not be started: it would take writes.
    if (await server.host.files.exists(`${server.place.data}/standby.signal`)) await revive(server, abort);
    return { member, answer: { kind: "none", why: "message" in trouble ? trouble.message : trouble.kind } };
  }
}

async function reach(session: Session): Promise<Ballot["answer"]> {
  const first = await ask(session);
  if (!first.recovering) return { kind: "primary" };
  if (first.received !== null) return { kind: "standby", lsn: first.further };
  // It was started anew and has received nothing since: it reaches as far as it replays, once it no longer gets further.
  for (let last = first.further; ; ) {
    await sleep(300);
    const { further } = await ask(session);
    if (further === last) return { kind: "standby", lsn: further };
    last = further;
  }
}

async function ask(session: Session): Promise<{ recovering: boolean; received: string | null; further: string }> {
  const [row] = await session.query<{ recovering: boolean; received: string | null; further: string }>(
    `select pg_is_in_recovery() as recovering, pg_last_wal_receive_lsn()::text as received,
       greatest(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn(), '0/0'::pg_lsn)::text as further`,
    [],
    1_000,
  );
  if (!row) throw new Error("BUG: a select without from returned no row");
  return row;
}
