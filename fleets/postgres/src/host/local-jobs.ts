import { stat } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import type { Command, Files, Host, JobStatus, Jobs } from "./host.ts";

/** The shell keeps the command's end in a file, so that whoever asks later, even another process, can read it. */
const script = 'echo $$ >pid.new; mv pid.new pid; "$@" >output 2>&1; echo $? >code.new; mv code.new code';
/** Between the claim of the folder and the pid file there is one fork. */
const slowestFork = 5_000;

/** Jobs as folders: making the folder is the atom that lets one of many starters win. */
export function localJobs(files: Files, launch: Host["launch"], process: Host["process"], killGroup: (leader: number) => void): Jobs {
  async function status(folder: string): Promise<JobStatus> {
    if (!(await files.exists(folder))) return { kind: "absent" };
    // In the order in which a job goes on, so that one which goes on between two of these looks is not taken for dead.
    const young = await isYoung(folder);
    const alive = (await shell(folder)) !== undefined;
    const code = await files.read(`${folder}/code`);
    if (code !== undefined) return code.trim() === "0" ? { kind: "succeeded" } : { kind: "failed", output: await output(folder) };
    if (young || alive) return { kind: "running" };
    return { kind: "failed", output: `${await output(folder)}\nIts process was killed`.trim() };
  }

  async function shell(folder: string): Promise<number | undefined> {
    const pid = Number((await files.read(`${folder}/pid`)) ?? 0);
    // The folder tells the job from a stranger who was given its number later.
    return pid > 0 && (await process(pid))?.folder === folder ? pid : undefined;
  }

  const output = async (folder: string) => ((await files.read(`${folder}/output`)) ?? "").trim().slice(-2000);

  return {
    async start(folder: string, command: Command) {
      if (!(await files.claim(folder))) return;
      await launch({
        ...command,
        program: "/bin/sh",
        args: ["-c", `cd "$0" && { ${script}; }`, folder, command.program, ...command.args],
        log: `${folder}/shell`,
      });
    },
    status,
    async ended(folder, ms) {
      const end = Date.now() + ms;
      while (Date.now() < end && (await status(folder)).kind === "running") await sleep(25);
    },
    async kill(folder) {
      const pid = await shell(folder);
      // Started detached, so the shell leads a group of its own.
      if (pid !== undefined) killGroup(pid);
    },
  };

  async function isYoung(folder: string): Promise<boolean> {
    const hasBegun = await files.exists(`${folder}/pid`);
    return !hasBegun && Date.now() - (await stat(folder)).mtimeMs < slowestFork;
  }
}
