import type { Place } from "./place.ts";
import type { Server } from "./server.ts";

/**
 * Who may enter a server. Each life of a member has a file of its own, named by the revision of the topology that it began with: a worker
 * that decided to fence one life, slept, and woke when the member had been given another, writes into a file that nobody reads.
 */
export function accessPath(place: Place, life: number): string {
  return `${place.folder}/${accessName(life)}`;
}

/** Lets people in who have a password: the last thing before a server of ours starts. */
export async function openAccess({ host, place, address }: Server, life: number): Promise<void> {
  await host.files.write(accessPath(place, life), openRules(address.host));
}

/** Lets nobody in, should somebody start the member in its life of that revision or in an earlier one. */
export async function closeAccess({ host, place }: Server, life: number): Promise<void> {
  for (const one of await livesOf(host.files, place)) if (one <= life) await host.files.write(accessPath(place, one), closedRules);
}

/** Removes the files of earlier lives. */
export async function forgetAccess({ host, place }: Server, life: number): Promise<void> {
  for (const one of await livesOf(host.files, place)) if (one < life) await host.files.remove(accessPath(place, one));
}

/** Everybody logs in with a password, over TCP and over the socket alike. */
export function openRules(address: string): string {
  return [
    "local all all scram-sha-256",
    `host all all ${address}/32 scram-sha-256`,
    `host replication replicator ${address}/32 scram-sha-256`,
    "",
  ].join("\n");
}

const closedRules = "local all all reject\nhost all all all reject\nhost replication all all reject\n";

const accessName = (life: number) => `pg_hba.${life}.conf`;

async function livesOf(files: Server["host"]["files"], place: Place): Promise<number[]> {
  const names = await files.list(place.folder);
  return names.map((name) => Number(/^pg_hba\.(\d+)\.conf$/.exec(name)?.[1] ?? Number.NaN)).filter(Number.isSafeInteger);
}
