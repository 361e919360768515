import { FettleError } from "@fettle/engine";
import type { Host } from "../host/host.ts";
import { checkFree } from "../server/clone.ts";
import { createPrimary } from "../server/create.ts";
import { checkSocketPath, placeOf } from "../server/place.ts";
import { killServer } from "../server/processes.ts";
import { makeSecrets, writeSecrets } from "../server/secrets.ts";
import type { Server } from "../server/server.ts";
import type { Servers } from "./servers.ts";
import { memberNames, type Topology } from "./topology.ts";

/** An empty cluster of Postgres 15 takes 40 MiB, and its WAL comes on top. */
const bytesEach = 256 * 2 ** 20;

/**
 * Makes the cluster's folder, secrets and primary; standbys come later, like any that is lost. `token` marks the folder as this
 * attempt's own, so that a second attempt begins anew and a stranger's folder is refused.
 */
export async function provision(servers: Servers, wanted: Topology, token: string, abort: AbortSignal): Promise<Partial<Topology>> {
  const host = await servers.firstHost();
  const programs = await host.programs();
  await claimFolder(servers, host, wanted.name, token, abort);
  const names = memberNames(wanted.standbys + 1);
  const ports: number[] = [];
  for (const _ of names) ports.push(await host.freePort(ports));
  const members = Object.fromEntries(
    names.map((name, index) => [name, { host: host.name, port: ports[index] as number, state: "ready" as const }]),
  );
  const [primary] = names as [string];
  const secrets = makeSecrets();
  servers.forgetSecrets(wanted.name);
  await writeSecrets(host.files, servers.root, wanted.name, secrets);
  const address = { host: host.address, port: ports[0] as number };
  const server: Server = { member: primary, host, place: placeOf(servers.root, wanted.name, primary), programs, secrets, address };
  checkSocketPath(server.place);
  await host.files.makeFolder(server.place.folder, "owner");
  await checkFree(server, bytesEach * names.length);
  await createPrimary(server, wanted.name, abort);
  return { major: programs.major, members, primary, timeline: 1, electable: [], revision: 1 };
}

async function claimFolder(servers: Servers, host: Host, name: string, token: string, abort: AbortSignal): Promise<void> {
  const folder = `${servers.root}/${name}`;
  await host.files.makeFolder(servers.root, "all");
  await checkReachable(host, servers.root);
  if (!(await host.files.claim(folder))) {
    if ((await host.files.read(`${folder}/owner`)) !== token) throw folderTaken(folder);
    await removeCluster(servers, host, name, abort);
    await host.files.claim(folder);
  }
  await host.files.write(`${folder}/owner`, token);
}

async function checkReachable(host: Host, root: string): Promise<void> {
  const { code } = await host.run({ program: "/usr/bin/test", args: ["-x", root] });
  if (code === 0) return;
  throw new FettleError("FOLDER_UNREACHABLE", `The user that runs Postgres may not enter ${root}`, {
    fix: "Give postgres() a folder whose parents everybody may enter, such as /var/lib/fettle",
    retryable: false,
  });
}

function folderTaken(folder: string): FettleError {
  return new FettleError("FOLDER_TAKEN", `Cannot create a cluster in ${folder}: something is there already`, {
    fix: "Choose another name, or remove that folder if nobody needs it",
    retryable: false,
  });
}

/** Whether the folder is of this attempt; what a failed one made is removed, and nothing else. */
export async function isOwn(servers: Servers, name: string, token: string): Promise<boolean> {
  const host = await servers.firstHost();
  return (await host.files.read(`${servers.root}/${name}/owner`)) === token;
}

/** Kills whatever runs in the cluster's folder, and removes the folder. */
export async function removeCluster(servers: Servers, host: Host, name: string, abort: AbortSignal): Promise<void> {
  const folder = `${servers.root}/${name}`;
  for (const member of await host.files.list(folder)) {
    await killServer({ host, place: placeOf(servers.root, name, member) }, abort);
  }
  await host.files.remove(folder);
}
