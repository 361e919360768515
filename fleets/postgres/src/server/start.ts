import { setTimeout as sleep } from "node:timers/promises";
import { FettleError } from "@fettle/engine";
import { isPostmaster, processesOf } from "./processes.ts";
import { controlLogin } from "./secrets.ts";
import type { Server } from "./server.ts";
import { Session } from "./session.ts";
import { troubleOf } from "./trouble.ts";

/**
 * Starts the server unless it runs. The caller has seen to it that nothing orphaned is left. Throws ORPHANS_LEFT, also for a server
 * that somebody started with this configuration on other data.
 */
export async function startServer(server: Server): Promise<void> {
  const { host, place, programs } = server;
  const left = await processesOf(server);
  if (left.some((process) => isPostmaster(process, place) && process.title.includes(`-D ${place.data} `))) return;
  if (left.length > 0) {
    throw new FettleError(
      "ORPHANS_LEFT",
      `Cannot start ${place.title}: processes ${left.map(({ pid }) => pid).join(", ")} of its last life still use its memory`,
    );
  }
  // Nothing of the member lives, so these are stale; after a crash the number in them may be a stranger's, and the start would be refused.
  for (const stale of [`${place.data}/postmaster.pid`, `${place.socket}/.s.PGSQL.${server.address.port}.lock`])
    await host.files.remove(stale);
  await host.files.makeFolder(place.socket, "owner");
  await host.launch({
    program: `${programs.folder}/postgres`,
    args: ["-D", place.data, "-c", `config_file=${place.config}`],
    log: place.log,
  });
}

export type Rise =
  | { readonly kind: "up" }
  /** It says that it replays WAL or starts: it is on its way. */
  | { readonly kind: "replaying" }
  | { readonly kind: "exited"; readonly log: string };

/** Waits until the server lets the control login in, at most `ms`. Throws what it says when that is nothing of the three. */
export async function waitUntilUp(server: Server, ms: number, abort: AbortSignal): Promise<Rise> {
  const end = Date.now() + ms;
  for (;;) {
    abort.throwIfAborted();
    const trouble = await login(server);
    if (trouble === undefined) return { kind: "up" };
    if (trouble.kind === "denied" || trouble.kind === "error") {
      throw new FettleError("SERVER_UNFIT", `${server.place.title} runs and does not let its keeper in: ${trouble.message}`);
    }
    const isGone = (await processesOf(server)).length === 0;
    if (isGone) return { kind: "exited", log: await logTail(server) };
    if (Date.now() > end) return { kind: "replaying" };
    await sleep(10);
  }
}

async function login(server: Server) {
  try {
    await using session = await Session.open(server.address, controlLogin(server.secrets), 1_000);
    await session.query("select 1", [], 1_000);
    return undefined;
  } catch (error) {
    return troubleOf(error);
  }
}

/** What the server last said, for the person who has to read on. */
export async function logTail(server: Server): Promise<string> {
  const lines = ((await server.host.files.read(server.place.log)) ?? "").trimEnd().split("\n");
  const grave = lines.slice(-40).filter((line) => /FATAL|PANIC|ERROR|could not/.test(line));
  return (grave.length > 0 ? grave : lines).slice(-3).join("; ");
}

/** Makes the server read its configuration files again. */
export async function reload(server: Server): Promise<void> {
  const postmaster = (await processesOf(server)).find((process) => isPostmaster(process, server.place));
  if (postmaster) await server.host.kill([postmaster.pid], "SIGHUP");
}
