import { failureOf } from "../error.ts";
import type { Session } from "../store/session.ts";
import type { Store } from "../store/store.ts";
import { checkDrift } from "./drift.ts";

/** What one look at the store has found. */
export interface Finding {
  readonly check: string;
  readonly verdict: "ok" | "warn" | "fail";
  readonly say: string;
  /** What to do; a command or SQL where there is one. */
  readonly fix?: string;
}

type Look = (session: Session, store: Store) => Promise<Omit<Finding, "check">>;

/** Looks at a store that answers, and changes nothing in it. Takes seconds: it makes a fresh schema to compare with. */
export async function examine(store: Store): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  for (const [check, look] of Object.entries(looks)) {
    try {
      findings.push({ check, ...(await look(store.reads, store)) });
    } catch (error) {
      const { message, fix } = failureOf(error);
      findings.push({ check, verdict: "fail", say: message, ...(fix && { fix }) });
    }
  }
  return findings;
}

const looks: Readonly<Record<string, Look>> = {
  store: checkServer,
  schema: checkDrift,
  listen: checkListen,
  clock: checkClock,
  durability: checkDurability,
  vacuum: checkBloat,
  snapshots: checkSnapshots,
  workers: checkWorkers,
  overdue: checkOverdue,
};

async function checkServer(session: Session) {
  const [server] = await session.query<{ version: string }>("select current_setting('server_version') as version", []);
  return { verdict: "ok", say: `Postgres ${server?.version} answers` } as const;
}

/** Behind a transaction pooler the two statements run on different connections, or the channel is forgotten in between. */
async function checkListen(_: Session, { lanes: [lane] }: Store) {
  await lane.query("listen fettle_doctor", []);
  const [heard] = await lane.query<{ channels: number }>(
    "select count(*)::int as channels from pg_listening_channels() as c where c = 'fettle_doctor'",
    [],
  );
  await lane.query("unlisten fettle_doctor", []);
  if (heard?.channels === 1) return { verdict: "ok", say: "LISTEN works" } as const;
  const say = "LISTEN does not come through a pooler that shares connections: what is sent is seen within a second, by polling";
  return { verdict: "warn", say, fix: "Point DATABASE_URL at Postgres itself, or at a pool in session mode" } as const;
}

async function checkClock(session: Session) {
  const before = Date.now();
  const [clock] = await session.query<{ now: number }>("select extract(epoch from clock_timestamp())::float8 * 1000 as now", []);
  const skew = ((clock?.now ?? 0) - (before + Date.now()) / 2) / 1000;
  const say = `The database's clock is ${Math.abs(skew).toFixed(1)}s ${skew < 0 ? "behind" : "ahead of"} this machine's`;
  if (Math.abs(skew) < 2) return { verdict: "ok", say } as const;
  return {
    verdict: "warn",
    say: `${say}; work runs by the database's, people read both`,
    fix: "Let both follow the same NTP servers",
  } as const;
}

async function checkDurability(session: Session, store: Store) {
  if (store.kind === "embedded") return { verdict: "ok", say: "The embedded store survives any crash but a power cut" } as const;
  const [set] = await session.query<{ commit: string; fsync: string; full: string }>(
    `select current_setting('synchronous_commit') as commit, current_setting('fsync') as fsync, current_setting('full_page_writes') as full`,
    [],
  );
  if (set?.fsync === "off" || set?.full === "off") {
    const say = `fsync is ${set.fsync} and full_page_writes ${set.full}: a crash of the machine may destroy the store`;
    return {
      verdict: "fail",
      say,
      fix: "alter system set fsync = on; alter system set full_page_writes = on; select pg_reload_conf();",
    } as const;
  }
  if (set?.commit === "off") {
    const say = "synchronous_commit is off: a crash of Postgres may lose what was acknowledged";
    return { verdict: "fail", say, fix: "alter system set synchronous_commit = on; select pg_reload_conf();" } as const;
  }
  return { verdict: "ok", say: `synchronous_commit is ${set?.commit}, fsync on` } as const;
}

async function checkBloat(session: Session) {
  const tables = await session.query<{ name: string; live: number; dead: number; size: string }>(
    `select relname as name, n_live_tup::float8 as live, n_dead_tup::float8 as dead, pg_size_pretty(pg_total_relation_size(relid)) as size
     from pg_stat_user_tables where schemaname = 'fettle' order by n_dead_tup desc, pg_total_relation_size(relid) desc`,
    [],
  );
  const bloated = tables.filter(({ live, dead }) => dead > 50_000 && dead > live);
  if (bloated.length === 0) return { verdict: "ok", say: "Vacuum keeps up: no table has more dead rows than live ones" } as const;
  const named = bloated.map(({ name, live, dead, size }) => `${name} has ${dead} dead rows to ${live} live ones in ${size}`);
  const fix = `End what holds a snapshot open (see snapshots), then: ${bloated.map(({ name }) => `vacuum fettle.${name};`).join(" ")}`;
  return { verdict: "warn", say: named.join("; "), fix } as const;
}

async function checkSnapshots(session: Session) {
  const old = await session.query<{ pid: number; minutes: number; name: string }>(
    `select pid, floor(extract(epoch from clock_timestamp() - xact_start) / 60)::int as minutes, coalesce(nullif(application_name, ''), usename, backend_type) as name
     from pg_stat_activity where datname = current_database() and (backend_xmin is not null or backend_xid is not null)
       and xact_start < clock_timestamp() - interval '5 minutes' order by xact_start limit 5`,
    [],
  );
  const worst = old[0];
  if (!worst) return { verdict: "ok", say: "No transaction has been open for five minutes" } as const;
  const named = old.map(({ pid, minutes, name }) => `${name} (pid ${pid}) for ${minutes} minutes`);
  const say = `Transactions stay open, and no dead row can be removed meanwhile: ${named.join(", ")}`;
  return { verdict: "warn", say, fix: `End it: select pg_terminate_backend(${worst.pid});` } as const;
}

async function checkWorkers(session: Session, { kind }: Store) {
  const [seen] = await session.query<{ alive: number; free: number }>(
    `with alive as (select id from fettle.worker where expires > clock_timestamp())
     select (select count(*) from alive)::int as alive,
       (select count(*) from fettle.lease l where l.owner is null or l.owner not in (select id from alive))::int as free`,
    [],
  );
  const { alive, free } = seen ?? { alive: 0, free: 0 };
  // Who has the embedded store for himself has seen to it that no worker runs.
  if (alive === 0 && kind === "embedded") return { verdict: "warn", say: "No worker runs", fix: "Start one: fettle up" } as const;
  if (alive === 0) return { verdict: "fail", say: "No worker is alive: nothing runs", fix: "Start one: fettle up" } as const;
  const say = `${alive} ${alive === 1 ? "worker is" : "workers are"} alive`;
  if (free === 0) return { verdict: "ok", say: `${say}, and every slot has its owner` } as const;
  const fix = "Look again in half a minute; if it is still so, restart the workers: they take what is free";
  return { verdict: "warn", say: `${say}, but ${free * 64} of 4,096 slots have no owner`, fix } as const;
}

/** An instance's own due time says nothing here: a short wait is not written. */
async function checkOverdue(session: Session) {
  const [late] = await session.query<{ messages: number; deadlines: number }>(
    `select
       (select count(*) from (select from fettle.inbox where kind <> 'signal' and at < clock_timestamp() - interval '1 minute' limit 100000) as m)::int as messages,
       (select count(*) from fettle.deadline where at < clock_timestamp() - interval '1 minute')::int as deadlines`,
    [],
  );
  const { messages, deadlines } = late ?? { messages: 0, deadlines: 0 };
  if (messages + deadlines === 0) return { verdict: "ok", say: "Nothing that should have run has waited for a minute" } as const;
  const say = `${messages} starts and commands, and ${deadlines} deadlines, have waited for over a minute`;
  return { verdict: "fail", say, fix: "See workers above, and the log of fettle up" } as const;
}
