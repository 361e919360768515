import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import type { DashboardOptions } from "@fettle/dashboard";
import {
  type Client,
  createClient,
  createLog,
  desktop,
  FettleError,
  type Log,
  log as logWay,
  type Page,
  type Store,
  type StoreLocation,
  startWorker,
  type Way,
  type Worker,
} from "@fettle/engine";
import { isPort } from "../config/config.ts";
import type { Setup } from "../config/load.ts";
import { openForUp } from "../connect/connect.ts";
import { removeUpFile, writeUpFile } from "../connect/up-file.ts";
import { exit } from "../exit.ts";
import { logFormatOf } from "../output/log.ts";
import { bold, dim } from "../output/paint.ts";
import { type Call, type Command, textOf } from "./command.ts";

export const up: Command = {
  name: "up",
  about: "Run the machines, and serve the dashboard",
  options: [
    { flags: "--port <number>", about: "of the dashboard; 0 takes any that is free (default: the config's, else 4747)" },
    { flags: "--host <address>", about: "a loopback address", fallback: "127.0.0.1" },
    { flags: "--log <format>", about: "text or json (default: text on a terminal, else json)" },
  ],
  examples: ["fettle up", "fettle up --port 0", "DATABASE_URL=postgres://fettle@db/fettle fettle up"],
  endsItself: true,
  async run(call) {
    const stop = stopSignal();
    const setup = await call.setup();
    const port = portOf(call, setup);
    const format = logFormatOf(textOf(call.options.log));
    const log = createLog(format);
    const { exposeMetrics } = await import("../metrics.ts");
    const metrics = exposeMetrics(log);
    await using store = await openForUp(setup.store);
    await using client = createClient({ store, machines: setup.machines });
    let started: Worker | undefined;
    const probes = { metrics, ready: () => readiness(client, started) };
    const environment = storeName(setup.store);
    await using dashboard = await serve(call, {
      client,
      machines: setup.machines,
      port,
      log,
      environment,
      probes,
      alerts: alertsOf(setup),
    });
    using _address = publish(setup.store, dashboard.url);
    await using worker = await startWorker({
      store,
      machines: setup.machines,
      log,
      ...setup.paging,
      pager: setup.paging.pager ?? defaultWays(log),
    });
    started = worker;
    // Programs that read the log get nothing else on standard error.
    const say = format === "json" ? log : call.out.say;
    announce(call, setup, store, dashboard.url);
    say("Running. Ctrl-C stops it; everything goes on at the next fettle up.");
    await untilStopped(worker, stop);
    // The terminal has just printed ^C.
    say(`${format === "text" && process.stderr.isTTY ? "\n" : ""}Stopping: handlers finish, and the leases are given back`);
    return exit.done;
  },
};

function portOf(call: Call, setup: Setup): number {
  const text = textOf(call.options.port);
  if (text === undefined) return setup.port;
  const port = /^\d+$/.test(text) ? Number(text) : undefined;
  if (isPort(port)) return port;
  throw new FettleError("USAGE", `Cannot use --port ${text}: expected a whole number from 0 to 65535`, {
    fix: "Use --port 0 for any that is free",
  });
}

/** The dashboard is loaded only here: no other command needs a server. */
async function serve(call: Call, options: DashboardOptions) {
  const { serveDashboard } = await import("@fettle/dashboard");
  return serveDashboard({ ...options, host: textOf(call.options.host) ?? "127.0.0.1" });
}

function alertsOf({ alerts }: Setup): DashboardOptions["alerts"] {
  const { secret, rules } = alerts ?? {};
  return secret !== undefined && rules ? { secret, rules } : undefined;
}

/** Why this process should be given no work, or undefined. Throws STORE_AWAY. */
async function readiness(client: Client, worker: Worker | undefined): Promise<string | undefined> {
  await client.workers();
  return worker?.hasLease ? undefined : "The worker holds no lease";
}

/** The other commands find the running one by this file; with a Postgres they go there themselves. */
function publish(store: StoreLocation, url: string): Disposable {
  if ("url" in store) return { [Symbol.dispose]: () => undefined };
  const { folder } = store;
  writeUpFile(folder, { url, pid: process.pid });
  return { [Symbol.dispose]: () => removeUpFile(folder) };
}

function announce(call: Call, setup: Setup, store: Store, url: string): void {
  const machines = setup.machines.map(({ name }) => name);
  const power = store.kind === "embedded" ? dim(" (survives any crash but a power cut; for that set DATABASE_URL)") : "";
  const lines = [
    `store      ${storeName(setup.store)}${power}`,
    `machines   ${machines.length > 0 ? machines.join(", ") : "none yet: add one to machines in the config"}`,
    `dashboard  ${bold(url)}`,
  ];
  const value = { store: store.kind, machines, url, pid: process.pid };
  if (call.out.json) process.stdout.write(`${JSON.stringify(value)}\n`);
  else call.out.result(value, lines.join("\n"));
}

/** Where the store is, without its password. */
function storeName(store: StoreLocation): string {
  if ("folder" in store) return store.folder;
  return store.url.replace(/\?.*$/, "").replace(/(:\/\/[^:@/]*):.*@/, "$1@");
}

/** Resolves when the process is told to stop. Who asks a second time does not want to wait. */
function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    let asked = false;
    const ask = () => {
      if (asked) process.exit(exit.interrupted);
      asked = true;
      resolve();
    };
    for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(name, ask);
  });
}

async function untilStopped(worker: Worker, stop: Promise<void>): Promise<void> {
  try {
    await Promise.race([worker.ended, stop]);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new FettleError("WORKER_ENDED", `Cannot go on: the worker has ended: ${reason}`, {
      fix: "Mend the cause and start it again: fettle up",
      cause,
    });
  }
}

/** A line in the log; and a notification, where somebody sits at a desktop. */
function defaultWays(log: Log): readonly Way[] {
  const hasDesktop = Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY) && isInPath("notify-send");
  const write = (line: string, { machine, key, id }: Page) => log(line, { level: "error", machine, key, page: id });
  return [logWay({ write }), ...(hasDesktop ? [desktop()] : [])];
}

function isInPath(program: string): boolean {
  return (process.env.PATH ?? "").split(delimiter).some((folder) => existsSync(join(folder, program)));
}
