import { readdir, readFile, readlink } from "node:fs/promises";
import type { Process } from "./host.ts";

/** Every live process of a program that may be looked into. */
export async function readProcesses(program: string): Promise<Process[]> {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(pids.map(async (pid) => ((await isOf(program, pid)) ? readProcess(Number(pid)) : undefined)));
  return found.filter((process) => process !== undefined);
}

/** One small read for the many that are of no interest. The kernel keeps 15 bytes of a program's name. */
async function isOf(program: string, pid: string): Promise<boolean> {
  const name = await readFile(`/proc/${pid}/comm`, "utf8").catch(() => "");
  return name.trimEnd() === program.slice(0, 15);
}

/** Undefined when the process is gone, or is a zombie, which is gone but for its number. */
export async function readProcess(pid: number): Promise<Process | undefined> {
  try {
    const [stat, title, folder, status] = await Promise.all([
      readFile(`/proc/${pid}/stat`, "utf8"),
      readFile(`/proc/${pid}/cmdline`, "utf8"),
      readlink(`/proc/${pid}/cwd`).catch(() => ""),
      readFile(`/proc/${pid}/status`, "utf8"),
    ]);
    return parseProcess(pid, stat, title, folder, status);
  } catch (error) {
    if (isGone(error)) return undefined;
    throw error;
  }
}

/** Reads the kernel's words for one process. The name in `stat` may hold spaces and brackets, so the fields count from the last bracket. */
export function parseProcess(pid: number, stat: string, title: string, folder: string, status: string): Process | undefined {
  const [state = "", parent = "0"] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  if (state === "Z" || state === "X" || state === "x") return undefined;
  const switches = [...status.matchAll(/ctxt_switches:\s*(\d+)/g)].reduce((sum, [, count]) => sum + Number(count), 0);
  return {
    pid,
    parent: Number(parent),
    state: state === "T" || state === "t" ? "stopped" : "running",
    folder: folder.replace(/ \(deleted\)$/, ""),
    title: title.replaceAll("\0", " ").trim(),
    switches,
  };
}

function isGone(error: unknown): boolean {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return code === "ENOENT" || code === "ESRCH" || code === "EACCES";
}
