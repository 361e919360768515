import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { chown, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import pg from "pg";
import { freePort } from "./free-port.ts";

const run = promisify(execFile);

export interface BenchPostgres extends AsyncDisposable {
  /** As `select version()` says it, without the compiler. */
  readonly version: string;
  /** Where its programs are. */
  readonly binaries: string;
  /** The process that all its backends are children of. */
  readonly pid: number;
  /** A fresh database, and its URL. Every page of it is newer than the last checkpoint. */
  create(): Promise<string>;
  drop(url: string): Promise<void>;
}

/**
 * Every contender gets the same, and every commit is on disk before it is acknowledged: fsync, synchronous_commit and
 * full_page_writes are on, as they are by default. Checkpoints are rare, so that a run of seconds does not measure the full pages
 * that each checkpoint costs once.
 */
const settings = {
  listen_addresses: "127.0.0.1",
  max_connections: 300,
  shared_buffers: "2GB",
  max_wal_size: "8GB",
  checkpoint_timeout: "30min",
  log_min_messages: "fatal",
} as const;

export async function startBenchPostgres(): Promise<BenchPostgres> {
  const binaries = await binariesFolder();
  const user = await serverUser();
  const data = await mkdtemp(join(tmpdir(), "fettle-bench-pg-"));
  if (user.uid !== undefined) await chown(data, user.uid, user.gid as number);
  const options = { cwd: data, ...(user.uid !== undefined && user) };
  await run(join(binaries, "initdb"), ["-D", data, "-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale=C"], options);
  const port = await freePort();
  const flags = Object.entries({ ...settings, port, unix_socket_directories: data }).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
  const server = spawn(join(binaries, "postgres"), ["-D", data, ...flags], { ...options, stdio: "ignore" });
  const stop = async () => {
    server.kill("SIGQUIT");
    if (server.exitCode === null && server.signalCode === null) await once(server, "exit");
    await rm(data, { recursive: true, force: true, maxRetries: 10 });
  };
  // An interrupted bench leaves nothing behind.
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => void stop().finally(() => process.exit(130)));
  process.once("exit", () => server.kill("SIGQUIT"));
  const url = (database: string) => `postgres://postgres@127.0.0.1:${port}/${database}`;
  await untilItAnswers(server, url("postgres"));
  const [said] = await query<{ version: string }>(url("postgres"), "select version()");
  let databases = 0;
  return {
    version: said?.version.split(" on ")[0] ?? "?",
    binaries,
    pid: server.pid as number,
    async create() {
      const name = `bench_${++databases}`;
      await query(url("postgres"), "checkpoint");
      await query(url("postgres"), `create database ${name}`);
      return url(name);
    },
    async drop(of) {
      await query(url("postgres"), `drop database ${new URL(of).pathname.slice(1)} with (force)`);
    },
    [Symbol.asyncDispose]: stop,
  };
}

export async function query<Row extends pg.QueryResultRow>(url: string, text: string, values: unknown[] = []): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Row>(text, values)).rows;
  } finally {
    await client.end();
  }
}

/** Bytes of write-ahead log since the cluster was made. */
export async function walPosition(url: string): Promise<bigint> {
  const [row] = await query<{ position: string }>(url, "select pg_current_wal_lsn() - '0/0' as position");
  return BigInt(row?.position ?? "0");
}

async function untilItAnswers(server: ChildProcess, url: string): Promise<void> {
  const deadline = performance.now() + 60_000;
  while (true) {
    try {
      await query(url, "select 1");
      return;
    } catch (error) {
      if (server.exitCode !== null || performance.now() > deadline)
        throw new Error("The Postgres of the bench does not start", { cause: error });
      await sleep(20);
    }
  }
}

async function binariesFolder(): Promise<string> {
  const root = "/usr/lib/postgresql";
  const versions = (await readdir(root)).map(Number).filter((version) => version >= 15);
  return join(root, String(Math.max(...versions)), "bin");
}

/** Postgres refuses to run as root. */
async function serverUser(): Promise<{ uid?: number; gid?: number }> {
  if (userInfo().uid !== 0) return {};
  const id = async (flag: string) => Number((await run("id", [flag, "postgres"])).stdout);
  return { uid: await id("-u"), gid: await id("-g") };
}
