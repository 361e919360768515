import { setTimeout as sleep } from "node:timers/promises";
import { type CommandCall, FettleError, type FleetCommand, type HistoryEntry } from "@fettle/engine";
import type { Servers } from "../cluster/servers.ts";
import { type Sync, topology } from "../cluster/topology.ts";
import { addressOf, withPassword } from "./address.ts";
import { checkName, clusterMachine } from "./known.ts";

export const create = (servers: Servers): FleetCommand => ({
  name: "create",
  about: "Create a database: a primary and its standbys, watched and mended from then on",
  args: [{ usage: "<name>", about: "of the cluster and of its database: a-z, 0-9 and -" }],
  options: [
    { flags: "--standbys <number>", about: "copies beside the primary, 0 to 8", fallback: "1" },
    {
      flags: "--sync [mode]",
      about:
        "acknowledge a commit when a standby has it too; preferred (the default of --sync) goes on alone while no standby is left, strict waits",
    },
  ],
  examples: [
    "fettle pg create prod-1 --sync",
    "fettle pg create prod-2 --standbys 2 --sync strict",
    "fettle pg create scratch --standbys 0",
  ],
  async run(call) {
    const name = String(call.args["name"]);
    checkName(name);
    const standbys = readStandbys(call.options["standbys"]);
    const sync = readSync(call.options["sync"], standbys);
    // What can be known to be missing is said before anything is made.
    await (await servers.firstHost()).programs();
    await askForWorker(call);
    const { last } = await call.client.changes();
    await call.client.start({
      machine: clusterMachine,
      key: name,
      input: { name, sync, standbys },
      by: call.by,
      why: "fettle pg create",
    });
    await untilProtected(call, name, last);
    await report(call, servers, name);
  },
});

function readStandbys(given: string | boolean | undefined): number {
  const text = String(given ?? "1");
  if (/^[0-8]$/.test(text)) return Number(text);
  throw new FettleError("USAGE", `Cannot use --standbys ${text}: expected a whole number from 0 to 8`, { fix: "Write --standbys 1" });
}

function readSync(given: string | boolean | undefined, standbys: number): Sync {
  if (given === undefined || given === false) return "off";
  if (given !== true && given !== "preferred" && given !== "strict") {
    throw new FettleError("USAGE", `Cannot use --sync ${given}: expected preferred or strict`, { fix: "Write --sync, or --sync strict" });
  }
  if (standbys === 0) {
    throw new FettleError("USAGE", "Cannot replicate synchronously to no standby: --sync was given with --standbys 0", {
      fix: "Leave one of the two out",
    });
  }
  return given === "strict" ? "strict" : "preferred";
}

async function askForWorker(call: CommandCall): Promise<void> {
  if ((await call.client.workers()).length > 0) return;
  throw new FettleError("NO_WORKER", "Cannot create a cluster: no worker runs that would make it", {
    fix: "Start one in another terminal: fettle up",
  });
}

/** Tells the states as they pass. Ends well when the cluster is available and each standby may become primary. */
async function untilProtected(call: CommandCall, name: string, from: string): Promise<void> {
  for (let last = from; ; ) {
    call.abort.throwIfAborted();
    const changes = await call.client.changes(last);
    last = changes.last;
    for (const entry of changes.entries) if (isOf(entry, name)) call.out.say(tell(entry));
    const instance = await call.client.show({ machine: clusterMachine, key: name });
    const { electable, standbys, failure } = topology.parse(instance.data);
    if (failure) throw new FettleError(failure.code, failure.message, failure.fix === undefined ? {} : { fix: failure.fix });
    if (instance.status !== "running")
      throw new FettleError("CREATE_FAILED", `${name} is ${instance.status} in ${instance.state}: ${instance.error?.message ?? ""}`);
    if (instance.state === "available" && electable.length === standbys) return;
    await sleep(100);
  }
}

function isOf(entry: HistoryEntry, name: string): boolean {
  return (
    entry.machine.startsWith("postgres/") &&
    (entry.key === name || entry.key.startsWith(`${name}/`)) &&
    (entry.to !== null || entry.error !== null)
  );
}

function tell(entry: HistoryEntry): string {
  const thing = `${entry.machine.slice("postgres/".length)} ${entry.key}`;
  return entry.error ? `${thing}: ${entry.error.message}` : `${thing}: ${entry.to}`;
}

async function report(call: CommandCall, servers: Servers, name: string): Promise<void> {
  const cluster = topology.parse((await call.client.show({ machine: clusterMachine, key: name })).data);
  const url = withPassword(await addressOf(servers, cluster));
  call.out.result({ name, primary: cluster.primary, standbys: cluster.electable, sync: cluster.sync, url }, url);
}
