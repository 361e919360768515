import { namesIn } from "../server/config.ts";
import { isPostmaster, postmasterOf } from "../server/processes.ts";
import { writePulse } from "../server/pulse.ts";
import { controlLogin } from "../server/secrets.ts";
import type { Server } from "../server/server.ts";
import { Session, withSession } from "../server/session.ts";
import { troubleOf } from "../server/trouble.ts";
import type { Look, Serving, Standby } from "./look.ts";

/** How long a server may take to answer before it is silent. */
const patience = 1_000;

interface Watched {
  session: Session | undefined;
  postmaster: number;
  looks: number;
  absentSince: number | undefined;
  wake: (() => void) | undefined;
}

/**
 * Looks at servers, with one kept connection to each. It remembers nothing that matters: a new process begins with none of it
 * and sees the same.
 */
export class Monitor {
  readonly #watched = new Map<string, Watched>();

  /** `fresh`: by a new connection and with a committed write, as a client would who comes now. */
  async look(server: Server, fresh = false): Promise<Look> {
    const watched = this.#of(server);
    // A frozen postmaster leaves old connections as they are, and a full disk can still answer questions.
    const isFresh = fresh || watched.looks++ % 10 === 0;
    const before = isFresh ? await this.#postmaster(server, watched) : undefined;
    const [answer, data] = await Promise.all([
      isFresh ? askFresh(server) : this.#askKept(server, watched),
      isFresh ? dataSign(server) : dataPresent(server),
    ]);
    const after = await this.#postmaster(server, watched);
    const isStill = isFresh && answer.kind === "silent" && before?.pid === after?.pid && before?.switches === after?.switches;
    const process = after === undefined ? "gone" : after.state === "stopped" || isStill ? "stopped" : "running";
    return { answer, process, data };
  }

  /** The host's sign alone, for a standby: the primary tells the other. A server whose data was moved away serves on, and cannot be promoted. */
  async process(server: Server): Promise<Look["process"]> {
    const [postmaster, data] = await Promise.all([this.#postmaster(server, this.#of(server)), dataPresent(server)]);
    return postmaster === undefined || data === "gone" ? "gone" : postmaster.state;
  }

  /** Milliseconds since the first of the looks in a row at which the standby did not follow; undefined at the first. */
  absence(server: Server, isFollowing: boolean): number | undefined {
    const watched = this.#of(server);
    const since = watched.absentSince;
    watched.absentSince = isFollowing ? undefined : (since ?? performance.now());
    return since === undefined ? undefined : performance.now() - since;
  }

  /** Resolves when the kept connection to one of these servers ends: a killed server is noticed when it happens. */
  dropped(servers: readonly Server[]): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    for (const server of servers) {
      const watched = this.#of(server);
      // One wait at a time: the one before has ended, and must not be kept for ever.
      watched.wake = resolve;
      if (watched.session?.isOpen === false) {
        watched.session = undefined;
        resolve();
      }
    }
    return promise;
  }

  /** Keeps a connection to the server, for `dropped` alone. */
  async attend(server: Server): Promise<void> {
    const watched = this.#of(server);
    try {
      await this.#kept(server, watched);
    } catch {
      // The next look at the primary tells what the standby lacks; this connection only makes it come sooner.
      watched.session = undefined;
    }
  }

  /** Every server in that folder: it is about to go. */
  forgetUnder(folder: string): void {
    for (const key of this.#watched.keys()) if (key.startsWith(folder)) this.#drop(key);
  }

  forget(server: Server): void {
    this.#drop(server.place.folder);
  }

  #drop(key: string): void {
    this.#watched.get(key)?.session?.cut();
    this.#watched.delete(key);
  }

  #of(server: Server): Watched {
    const key = server.place.folder;
    const known = this.#watched.get(key) ?? { session: undefined, postmaster: 0, looks: 0, absentSince: undefined, wake: undefined };
    this.#watched.set(key, known);
    return known;
  }

  async #postmaster(server: Server, watched: Watched) {
    const remembered = watched.postmaster > 0 ? await server.host.process(watched.postmaster) : undefined;
    if (remembered && isPostmaster(remembered, server.place)) return remembered;
    const found = await postmasterOf(server);
    watched.postmaster = found?.pid ?? 0;
    return found;
  }

  async #kept(server: Server, watched: Watched): Promise<Session> {
    if (watched.session?.isOpen) return watched.session;
    const session = await Session.open(server.address, controlLogin(server.secrets), patience);
    watched.session = session;
    session.onClose(() => watched.wake?.());
    session.rest();
    return session;
  }

  async #askKept(server: Server, watched: Watched): Promise<Look["answer"]> {
    try {
      const session = await this.#kept(server, watched);
      const answer = await ask(session);
      session.rest();
      return answer;
    } catch (error) {
      return troubleOf(error);
    }
  }
}

async function askFresh(server: Server): Promise<Look["answer"]> {
  try {
    return await withSession(
      server.address,
      controlLogin(server.secrets),
      async (session) => {
        const answer = await ask(session);
        if (!answer.recovering) await writePulse(session, patience);
        return answer;
      },
      patience,
    );
  } catch (error) {
    return troubleOf(error);
  }
}

async function dataPresent(server: Server): Promise<Look["data"]> {
  const { files } = server.host;
  const parts = await Promise.all(["PG_VERSION", "global/pg_control"].map((part) => files.exists(`${server.place.data}/${part}`)));
  return parts.every(Boolean) ? "present" : "gone";
}

async function dataSign(server: Server): Promise<Look["data"]> {
  if ((await dataPresent(server)) === "gone") return "gone";
  try {
    await server.host.files.write(`${server.place.folder}/breath`, "");
    return "present";
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    // df is no proof of a writable disk: ext4 turns read-only with space left. A full disk is no reason to leave it.
    return code === "EROFS" || code === "EIO" ? "unwritable" : "present";
  }
}

const question = `
select pg_is_in_recovery() as recovering,
  current_setting('synchronous_standby_names') as names,
  case when not pg_is_in_recovery() then substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8) end as timeline,
  coalesce((
    select json_agg(json_build_object(
      'member', application_name, 'streaming', state = 'streaming', 'awaited', coalesce(sync_priority, 0) > 0,
      'lag', case when pg_is_in_recovery() then 0 else coalesce(pg_wal_lsn_diff(pg_current_wal_lsn(), flush_lsn), 0) end,
      'silence', coalesce(greatest(0, extract(epoch from clock_timestamp() - reply_time) * 1000), 0)))
    from pg_stat_replication where application_name <> 'pg_basebackup'
  ), '[]'::json) as standbys`;

async function ask(session: Session): Promise<Serving> {
  const [row] = await session.query<{ recovering: boolean; names: string; timeline: string | null; standbys: Standby[] }>(
    question,
    [],
    patience,
  );
  if (!row) throw new Error("BUG: a select without from returned no row");
  return {
    kind: "ok",
    recovering: row.recovering,
    timeline: row.timeline === null ? 0 : Number.parseInt(row.timeline, 16),
    synchronous: namesIn(row.names),
    standbys: row.standbys,
  };
}
