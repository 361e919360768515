import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { chown, mkdtemp, readdir, rm } from "node:fs/promises";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import pg from "pg";

const run = promisify(execFile);

export interface PostgresServer extends AsyncDisposable {
  readonly version: string;
  readonly port: number;
  /** A fresh database, or a copy of the one that `template` is the URL of, and its URL. Nobody may be connected to a template. */
  database(template?: string): Promise<string>;
  drop(url: string): Promise<void>;
  url(database: string): string;
  /** `kill -9` and start again, as after a crash. */
  crash(): Promise<void>;
  /** What `pg_ctl restart -m immediate` does: no goodbye, and recovery at the start. */
  restart(): Promise<void>;
  /** In the fast way, unless told how. */
  stop(signal?: NodeJS.Signals): Promise<void>;
  start(): Promise<void>;
}

/** Where a server keeps its data, and whose: its own, or that of the one it follows as a standby. */
export interface PostgresOptions {
  readonly folder?: string;
  readonly standbyOf?: PostgresServer;
}

/** A real Postgres of its own for a test: in a temporary folder, on a free port of loopback, gone afterwards. */
export async function startPostgres({ folder = tmpdir(), standbyOf }: PostgresOptions = {}): Promise<PostgresServer> {
  const binaries = await binariesFolder();
  const user = await serverUser();
  const data = await mkdtemp(join(folder, "fettle-test-pg-"));
  if (user.uid !== undefined) await chown(data, user.uid, user.gid as number);
  const options = { cwd: data, ...(user.uid !== undefined && user) };
  const [make, ...flags] = standbyOf
    ? ["pg_basebackup", "-h", "127.0.0.1", "-p", `${standbyOf.port}`, "-U", "postgres", "-R", "--checkpoint=fast", "--no-sync"]
    : ["initdb", "-A", "trust", "-U", "postgres", "--no-sync", "-E", "UTF8", "--locale=C"];
  await run(join(binaries, make as string), ["-D", data, ...flags], options);
  const port = await freePort();
  let server: ChildProcess | undefined;
  let databases = 0;

  const url = (database: string) => `postgres://postgres@127.0.0.1:${port}/${database}`;
  const start = async () => {
    const settings = {
      port,
      unix_socket_directories: data,
      listen_addresses: "127.0.0.1",
      max_connections: 200,
      log_min_messages: "fatal",
      // Else recovery opens each file of each database that a test made.
      ...(process.platform === "linux" && { recovery_init_sync_method: "syncfs" }),
    };
    const given = Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
    const deadline = Date.now() + 30_000;
    // After a kill -9 the backends take a moment to go, and until then a start is refused.
    do server = spawn(join(binaries, "postgres"), ["-D", data, ...given], { ...options, stdio: "ignore" });
    while (!(await answers(url("postgres"), server)) && Date.now() < deadline);
  };
  const end = async (signal: NodeJS.Signals) => {
    if (!server || server.exitCode !== null || server.signalCode !== null) return;
    const exited = once(server, "exit");
    server.kill(signal);
    await exited;
  };
  await start();
  const { stdout: version } = await run(join(binaries, "postgres"), ["--version"]);
  return {
    version: version.replace(/^.* (\d+)\.\d+.*$/s, "postgres $1"),
    port,
    url,
    async database(template) {
      const name = `test_${++databases}`;
      const like = template === undefined ? "template1" : new URL(template).pathname.slice(1);
      await statement(url("postgres"), `create database ${name} template ${like}`);
      return url(name);
    },
    async drop(dropped) {
      await statement(url("postgres"), `drop database ${new URL(dropped).pathname.slice(1)} with (force)`);
    },
    start,
    stop: (signal = "SIGINT") => end(signal),
    async crash() {
      await end("SIGKILL");
      await start();
    },
    async restart() {
      await end("SIGQUIT");
      await start();
    },
    async [Symbol.asyncDispose]() {
      await end("SIGQUIT");
      await rm(data, { recursive: true, force: true });
    },
  };
}

export async function statement<Row extends pg.QueryResultRow>(url: string, text: string, values: unknown[] = []): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url });
  // A connection that breaks fails the query too, and that is where it is told.
  client.on("error", () => {});
  await client.connect();
  try {
    return (await client.query<Row>(text, values)).rows;
  } finally {
    await client.end();
  }
}

/** Looks over and over, for which a connection each time would be most of the work of a small machine. A break fails the look that meets it. */
export function looksAt(url: string): Looks {
  const pool = new pg.Pool({ connectionString: url, max: 4 });
  // Of one that broke while nobody looked: the next look has another.
  pool.on("error", () => {});
  return {
    at: async (text, values = []) => (await pool.query(text, values)).rows,
    [Symbol.asyncDispose]: () => pool.end(),
  };
}

export interface Looks extends AsyncDisposable {
  at(text: string, values?: unknown[]): Promise<pg.QueryResultRow[]>;
}

/** True when it answers, false when the process has ended instead. */
async function answers(url: string, server: ChildProcess): Promise<boolean> {
  while (server.exitCode === null) {
    try {
      await statement(url, "select 1");
      return true;
    } catch {
      // Not yet: the caller waits for this condition, and the process ends when it cannot start.
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
  return false;
}

export async function binariesFolder(): Promise<string> {
  const root = "/usr/lib/postgresql";
  const versions = (await readdir(root)).map(Number).filter((version) => version >= 15);
  return join(root, String(Math.max(...versions)), "bin");
}

/** Postgres and its poolers refuse to run as root. */
export async function serverUser(): Promise<{ uid?: number; gid?: number }> {
  if (userInfo().uid !== 0) return {};
  const id = async (flag: string) => Number((await run("id", [flag, "postgres"])).stdout);
  return { uid: await id("-u"), gid: await id("-g") };
}

export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, "close");
  return port;
}
