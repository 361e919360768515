import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { chown, mkdtemp, readdir, rm } from "node:fs/promises";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { until } from "./sandbox.ts";

const run = promisify(execFile);

export interface PostgresServer extends AsyncDisposable {
  readonly url: string;
  execute(statement: string): Promise<void>;
}

/** A real Postgres of its own for a test, in a temporary folder, gone afterwards. */
export async function startPostgres(): Promise<PostgresServer> {
  const data = await mkdtemp(join(tmpdir(), "fettle-cli-pg-"));
  const user = await serverUser();
  if (user.uid !== undefined && user.gid !== undefined) await chown(data, user.uid, user.gid);
  const binaries = await binariesFolder();
  await run(join(binaries, "initdb"), ["-D", data, "-A", "trust", "-U", "postgres", "--no-sync", "--locale=C", "-E", "UTF8"], {
    cwd: data,
    ...user,
  });
  const port = await freePort();
  const flags = ["-c", `port=${port}`, "-c", "listen_addresses=127.0.0.1", "-c", `unix_socket_directories=${data}`];
  const server = spawn(join(binaries, "postgres"), ["-D", data, ...flags], { cwd: data, ...user, stdio: "ignore" });
  const address = ["-h", "127.0.0.1", "-p", String(port)];
  await until("Postgres answers", () =>
    run(join(binaries, "pg_isready"), address).then(
      () => true,
      () => false,
    ),
  );
  const url = `postgres://postgres@127.0.0.1:${port}/postgres`;
  return {
    url,
    async execute(statement) {
      await run(join(binaries, "psql"), ["-X", "-d", url, "-c", statement]);
    },
    async [Symbol.asyncDispose]() {
      const exited = once(server, "exit");
      server.kill("SIGQUIT");
      await exited;
      await rm(data, { recursive: true, force: true });
    },
  };
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

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, "close");
  return port;
}
