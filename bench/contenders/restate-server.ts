import { spawn } from "node:child_process";
import { once } from "node:events";
import { rmSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { createServer, type Http2Server, type ServerHttp2Session } from "node:http2";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import * as restate from "@restatedev/restate-sdk";
import { freePort } from "../measure/free-port.ts";
import { manifestOf } from "./version-of.ts";

export interface RestateServer {
  /** Hands an invocation over; resolves when the server has it on disk. */
  send(handler: string, input: unknown): Promise<void>;
  /** Invocations that are not completed. */
  left(): Promise<number>;
  /** Takes the endpoint away from the server, and brings it back. */
  leave(): Promise<void>;
  come(): Promise<void>;
}

type Definition = Parameters<ReturnType<typeof restate.endpoint>["bind"]>[0];

/** The server of the npm package, which knows the service at an endpoint in this process. It and its folder end with this process. */
export async function startRestate(service: Definition): Promise<RestateServer> {
  const folder = await mkdtemp(join(tmpdir(), "fettle-bench-restate-"));
  const [ingress, admin, node, port] = [await freePort(), await freePort(), await freePort(), await freePort()] as const;
  const child = spawn(executable(), ["--no-logo", "--base-dir", folder], { stdio: "ignore", env: settings(ingress, admin, node) });
  process.on("exit", () => {
    child.kill("SIGKILL");
    rmSync(folder, { recursive: true, force: true });
  });
  const endpoint = new Endpoint(restate.endpoint().setLogger(onlyErrors).bind(service).http2Handler(), port);
  await endpoint.come();
  await untilWell(`http://127.0.0.1:${admin}/health`);
  await untilWell(`http://127.0.0.1:${ingress}/restate/health`);
  await post(`http://127.0.0.1:${admin}/deployments`, { uri: `http://127.0.0.1:${port}` });
  return {
    async send(handler, input) {
      await post(`http://127.0.0.1:${ingress}/${handler}/send`, input);
    },
    async left() {
      const query = "select count(*) as left_over from sys_invocation where status <> 'completed'";
      const { rows } = (await post(`http://127.0.0.1:${admin}/query`, { query })) as { rows: { left_over: number }[] };
      return rows[0]?.left_over ?? 0;
    },
    leave: () => endpoint.leave(),
    come: () => endpoint.come(),
  };
}

const onlyErrors: restate.LoggerTransport = (about, ...message) => {
  // Its enum is there in its types only.
  if (`${about.level}` === "error") console.error(...message);
};

/** While the endpoint is away each invocation is tried again soon and at an even pace, so that none lags behind when it comes back. */
function settings(ingress: number, admin: number, node: number): NodeJS.ProcessEnv {
  return {
    RESTATE_NODE_NAME: "bench",
    RESTATE_DISABLE_TELEMETRY: "true",
    RESTATE_LISTEN_MODE: "tcp",
    RESTATE_BIND_ADDRESS: `127.0.0.1:${node}`,
    RESTATE_ADVERTISED_ADDRESS: `http://127.0.0.1:${node}/`,
    RESTATE_INGRESS__BIND_ADDRESS: `127.0.0.1:${ingress}`,
    RESTATE_ADMIN__BIND_ADDRESS: `127.0.0.1:${admin}`,
    RESTATE_DEFAULT_RETRY_POLICY__INITIAL_INTERVAL: "100ms",
    RESTATE_DEFAULT_RETRY_POLICY__EXPONENTIATION_FACTOR: "1.0",
    RESTATE_DEFAULT_RETRY_POLICY__MAX_ATTEMPTS: "unlimited",
    RESTATE_DEFAULT_RETRY_POLICY__MAX_INTERVAL: "100ms",
  };
}

class Endpoint {
  readonly #handler: ReturnType<ReturnType<typeof restate.endpoint>["http2Handler"]>;
  readonly #port: number;
  readonly #sessions = new Set<ServerHttp2Session>();
  #server: Http2Server | undefined;

  constructor(handler: ReturnType<ReturnType<typeof restate.endpoint>["http2Handler"]>, port: number) {
    this.#handler = handler;
    this.#port = port;
  }

  async come(): Promise<void> {
    if (this.#server) return;
    const server = createServer(this.#handler);
    server.on("session", (session) => {
      this.#sessions.add(session);
      session.on("close", () => this.#sessions.delete(session));
    });
    server.listen(this.#port, "127.0.0.1");
    await once(server, "listening");
    this.#server = server;
  }

  async leave(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    for (const session of this.#sessions) session.destroy();
    if (server) await new Promise((closed) => server.close(closed));
  }
}

function executable(): string {
  // The package that carries the program of this platform is known to this one only.
  const carrier = createRequire(manifestOf("@restatedev/restate-server"));
  return carrier.resolve(`@restatedev/restate-server-${process.platform}-${process.arch}/bin/restate-server`);
}

async function untilWell(url: string): Promise<void> {
  const deadline = performance.now() + 60_000;
  while (true) {
    const answer = await fetch(url).catch((error: unknown) => String(error));
    if (typeof answer !== "string" && answer.ok) return;
    if (performance.now() > deadline) throw new Error(`Restate does not come up: ${typeof answer === "string" ? answer : answer.status}`);
    await sleep(50);
  }
}

async function post(url: string, body: unknown): Promise<unknown> {
  const headers = { "content-type": "application/json", accept: "application/json" };
  const answer = await fetch(url, { method: "POST", headers, body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(`Restate refused ${url}: ${answer.status} ${await answer.text()}`);
  return answer.json();
}
