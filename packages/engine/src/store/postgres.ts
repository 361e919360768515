import pg from "pg";
import { listen } from "./listen.ts";
import { migrate } from "./migrate.ts";
import { type Session, StatementRefused, statementError, storeClosed } from "./session.ts";
import type { Store } from "./store.ts";

const connection = {
  application_name: "fettle",
  connectionTimeoutMillis: 5000,
  query_timeout: 15_000,
  keepAlive: true,
  idleTimeoutMillis: 0,
} as const;

/** Two lanes, two readers and one listener: five connections, and one more for the watchdog of a worker. */
export async function openPostgres(url: string): Promise<Store> {
  const pools = [1, 1, 2].map((max) => new pg.Pool({ ...connection, connectionString: url, max }));
  for (const pool of pools) pool.on("error", ignoreIdle);
  const [first, second, reads] = pools.map(session) as [Session, Session, Session];
  const close = async () => void (await Promise.all(pools.map((pool) => pool.end())));
  try {
    await migrate(first);
  } catch (error) {
    await close();
    throw error;
  }
  return {
    kind: "postgres",
    lanes: [first, second],
    reads,
    listen: (channel, ears) => listen({ ...connection, connectionString: url }, channel, reads, ears),
    address: () => ({ kind: "postgres", url }),
    [Symbol.asyncDispose]: close,
  };
}

/** A single connection that is opened again when it was lost: for the watchdog's thread. */
export function connectPostgres(url: string): Session & AsyncDisposable {
  const pool = new pg.Pool({ ...connection, connectionString: url, max: 1 });
  pool.on("error", ignoreIdle);
  return { ...session(pool), [Symbol.asyncDispose]: () => pool.end() };
}

// An idle connection that breaks is noticed, with its error, by the next statement; the pool drops it by itself.
function ignoreIdle(): void {}

function session(pool: pg.Pool): Session {
  let prepares = true;
  let planned = performance.now();
  const send = async <Row>(query: pg.QueryConfig): Promise<Row[]> => {
    try {
      return (await pool.query(query)).rows as Row[];
    } catch (error) {
      throw pool.ended ? storeClosed(error) : statementError(error);
    }
  };
  return {
    query: (text, values) => send({ text, ...(values && { values: [...values] }) }),
    async run(statement, values) {
      const query = { text: statement.text, values: [...values] };
      if (!prepares) return send(query);
      if (performance.now() - planned > planLife) {
        planned = performance.now();
        await send({ text: "discard plans" });
      }
      try {
        return await send({ ...query, name: statement.name });
      } catch (error) {
        if (!(error instanceof StatementRefused) || !unprepared.has(error.sqlState)) throw error;
        // Refused before it ran, so it is safe to send it again.
        prepares = false;
        return send(query);
      }
    },
  };
}

/** Milliseconds. A plan that was made while a table was all but empty reads the whole table, and is kept for as long as the connection. */
const planLife = 5000;

/**
 * A pooler gave this session another's connection: the statement is not prepared there, or another one under its name is. Or the
 * schema has changed under it.
 */
const unprepared = new Set(["26000", "42P05", "0A000"]);
