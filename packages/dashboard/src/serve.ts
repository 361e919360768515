import type { AddressInfo } from "node:net";
import { userInfo } from "node:os";
import { type Client, FettleError, type Machine } from "@fettle/engine";
import { createAdaptorServer, type ServerType } from "@hono/node-server";
import { Hono } from "hono";
import { api } from "./api.ts";
import { assets } from "./assets.ts";
import { guard, isLoopback } from "./guard.ts";
import { type Inbound, inbound } from "./inbound.ts";
import { type Probes, probes } from "./probes.ts";
import { toldOf } from "./status.ts";
import { views } from "./views/views.ts";

export interface DashboardOptions {
  /** Not owned: disposing the dashboard leaves it open. */
  readonly client: Client;
  /** What this process knows, for the signals that a person may send. */
  readonly machines: readonly Machine[];
  /** A loopback address. Default 127.0.0.1. */
  readonly host?: string | undefined;
  /** 0 takes any free port. */
  readonly port: number;
  readonly log: (line: string) => void;
  /** Names the store on every view, for example `production` (which is red) or `.fettle`. */
  readonly environment?: string | undefined;
  /** Without them, `/healthz`, `/readyz` and `/metrics` are not there. */
  readonly probes?: Probes | undefined;
  /** What alerts from outside do. Default: none are taken. */
  readonly alerts?: Inbound | undefined;
}

export interface Dashboard extends AsyncDisposable {
  /** `http://127.0.0.1:4747`, without a slash at the end. */
  readonly url: string;
}

/**
 * Serves the HTTP API (`/api/v1`) and the views, to this machine only; disposing it ends open connections.
 * Throws NOT_ALLOWED for a host that others can reach, and PORT_TAKEN.
 */
export async function serveDashboard(options: DashboardOptions): Promise<Dashboard> {
  const { host = "127.0.0.1", port } = options;
  if (!isLoopback(host)) {
    throw new FettleError(
      "NOT_ALLOWED",
      `Cannot serve the dashboard on ${host}: it has no authentication, so it is for this machine only`,
      {
        fix: "Serve it on 127.0.0.1, and reach it through ssh -L or a proxy that authenticates",
      },
    );
  }
  const closing = new AbortController();
  const app = await whole(options, closing.signal);
  const server = createAdaptorServer({ fetch: app.fetch, hostname: host });
  await listen(server, host, port);
  const { address, port: taken } = server.address() as AddressInfo;
  return {
    url: `http://${address.includes(":") ? `[${address}]` : address}:${taken}`,
    [Symbol.asyncDispose]: () => {
      closing.abort();
      return close(server);
    },
  };
}

async function whole(
  { client, machines, log, environment = "", alerts, probes: asked }: DashboardOptions,
  closing: AbortSignal,
): Promise<Hono> {
  const app = new Hono();
  app.use(guard);
  app.route("/api/v1", api(client, log, closing));
  if (alerts) app.route("/api/in", inbound(client, alerts, log));
  app.route("/assets", await assets());
  if (asked) app.route("/", probes(asked));
  app.route("/", views({ client, machines, log, environment, person: userInfo().username }));
  // What the guard refuses is told in plain words: whoever asks like that is not looking at a view.
  app.onError((error, c) => {
    const { failure, status } = toldOf(error);
    return c.json({ error: failure }, status);
  });
  return app;
}

function listen(server: ServerType, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => reject(refused(error, host, port)));
    server.listen(port, host, resolve);
  });
}

function refused(error: NodeJS.ErrnoException, host: string, port: number): Error {
  if (error.code === "EADDRINUSE") {
    return new FettleError("PORT_TAKEN", `Cannot serve the dashboard on ${host}:${port}: the port is taken`, {
      fix: "Stop what listens there, or choose another with --port (0 takes any that is free)",
      cause: error,
    });
  }
  if (error.code === "EACCES") {
    return new FettleError("NOT_ALLOWED", `Cannot serve the dashboard on ${host}:${port}: this user may not use that port`, {
      fix: "Choose a port above 1023 with --port",
      cause: error,
    });
  }
  return error;
}

function close(server: ServerType): Promise<void> {
  return new Promise((resolve, reject) => {
    server.close((error) => (error ? reject(error) : resolve()));
    if ("closeAllConnections" in server) server.closeAllConnections();
  });
}
