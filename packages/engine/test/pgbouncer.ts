import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { chown, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort, serverUser, statement } from "./postgres-server.ts";
import { until } from "./stores.ts";

export const program = ["/usr/sbin/pgbouncer", "/usr/bin/pgbouncer", "/opt/homebrew/bin/pgbouncer"].find(existsSync);

export interface Pooler extends AsyncDisposable {
  /** The same database, through the pooler. */
  url(direct: string): string;
}

/** A real pgbouncer that lends the connections of a Postgres out by the transaction: one to two of them, to any number of clients. */
export async function startPgbouncer(postgres: number): Promise<Pooler> {
  const user = await serverUser();
  const folder = await mkdtemp(join(tmpdir(), "fettle-test-pgbouncer-"));
  const port = await freePort();
  const settings = {
    listen_addr: "127.0.0.1",
    listen_port: port,
    unix_socket_dir: "",
    auth_type: "any",
    pool_mode: "transaction",
    default_pool_size: 2,
    max_client_conn: 100,
  };
  const lines = Object.entries(settings).map(([name, value]) => `${name} = ${value}`);
  const config = join(folder, "pgbouncer.ini");
  const databases = `* = host=127.0.0.1 port=${postgres} user=postgres`;
  await writeFile(config, `[databases]\n${databases}\n[pgbouncer]\n${lines.join("\n")}\n`);
  if (user.uid !== undefined) for (const path of [folder, config]) await chown(path, user.uid, user.gid as number);
  const pooler = spawn(program as string, ["-q", config], { cwd: folder, stdio: "ignore", ...(user.uid !== undefined && user) });
  const url = (direct: string) => {
    const pooled = new URL(direct);
    pooled.port = String(port);
    return pooled.href;
  };
  await until("pgbouncer answers", () => answers(url(`postgres://postgres@127.0.0.1:${postgres}/postgres`), pooler));
  return {
    url,
    async [Symbol.asyncDispose]() {
      const exited = once(pooler, "exit");
      pooler.kill("SIGKILL");
      await exited;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function answers(url: string, pooler: ChildProcess): Promise<boolean> {
  if (pooler.exitCode !== null) throw new Error(`pgbouncer ended with ${pooler.exitCode}`);
  try {
    await statement(url, "select 1");
    return true;
  } catch (error) {
    // Not yet; whoever waits for it knows when to give up.
    return (error as NodeJS.ErrnoException).code === undefined;
  }
}
