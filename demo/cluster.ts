import { readdir, readFile, readlink, rm } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import type { Fettle } from "./fettle.ts";

/** What the demo reads of a cluster's data. */
export interface Seen {
  readonly state: string;
  readonly primary: string;
  /** Every standby follows, and may become primary. */
  readonly redundant: boolean;
}

export async function see(fettle: Fettle, name: string): Promise<Seen> {
  const { state, data } = await fettle.show("postgres/cluster", name);
  const { primary, electable, standbys, members } = data as {
    primary: string;
    electable: string[];
    standbys: number;
    members: Record<string, { state: string }>;
  };
  const ready = Object.values(members).every((member) => member.state === "ready");
  return { state, primary, redundant: state === "available" && ready && electable.length === standbys };
}

/** The processes of a member of the cluster, its first one in front: found as anybody would, by their working directory. */
export async function processesOf(fettle: Fettle, name: string, member: string): Promise<number[]> {
  const data = dataOf(fettle, name, member);
  const first = Number((await readFile(`${data}/postmaster.pid`, "utf8").catch(() => "")).split("\n")[0] ?? 0);
  const all = await processes((folder) => folder === data);
  return all.toSorted((one, other) => Number(other === first) - Number(one === first));
}

export function dataOf(fettle: Fettle, name: string, member: string): string {
  return `${fettle.folder}/pg/${name}/${member}/data`;
}

/** Kills whatever still works in the demo's folder, and removes it. */
export async function removeEverything(folder: string): Promise<void> {
  for (;;) {
    const left = await processes((path, command) => path === folder || path.startsWith(`${folder}/`) || command.includes(`${folder}/`));
    if (left.length === 0) break;
    for (const pid of left) signal(pid, "SIGKILL");
    await sleep(20);
  }
  await rm(folder, { recursive: true, force: true, maxRetries: 5 });
}

export function signal(pid: number, name: "SIGKILL" | "SIGSTOP"): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ESRCH")) throw error;
  }
}

async function processes(fits: (folder: string, command: string) => boolean): Promise<number[]> {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid);
  const found = await Promise.all(pids.map(async (pid) => (fits(await folderOf(pid), await commandOf(pid)) ? [Number(pid)] : [])));
  return found.flat();
}

/** Empty for one that is gone. A zombie has none either. */
async function folderOf(pid: string): Promise<string> {
  const folder = await readlink(`/proc/${pid}/cwd`).catch(() => "");
  return folder.replace(/ \(deleted\)$/, "");
}

async function commandOf(pid: string): Promise<string> {
  return readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");
}
