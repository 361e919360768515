/** A machine that servers run on: files, commands, processes and jobs. Local today; the same few verbs fit through SSH. */
export interface Host {
  readonly name: string;
  /** Where its servers listen. */
  readonly address: string;
  /** Everything here runs as the user that owns the servers, never as root. */
  run(command: Command): Promise<Ran>;
  /** Starts a process that outlives this one; its output is appended to `log`. Returns its number. */
  launch(command: Command & { readonly log: string }): Promise<number>;
  readonly files: Files;
  readonly jobs: Jobs;
  /** Live processes of a program, zombies left out: a zombie holds no file, no port and no memory. */
  processes(program: string): Promise<readonly Process[]>;
  /** One process; undefined when it is gone. */
  process(pid: number): Promise<Process | undefined>;
  kill(pids: readonly number[], signal: "SIGKILL" | "SIGHUP"): Promise<void>;
  /** A port that nothing listens on, outside the range from which clients are given theirs. */
  freePort(taken: readonly number[]): Promise<number>;
  /** The folder with the programs of a major version, or of the newest. Throws POSTGRES_MISSING or POSTGRES_TOO_OLD. */
  programs(major?: number): Promise<Programs>;
}

export interface Programs {
  readonly folder: string;
  readonly major: number;
}

export interface Command {
  readonly program: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly timeout?: number;
}

export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Process {
  readonly pid: number;
  readonly parent: number;
  /** `stopped`: alive and not running: SIGSTOP, a debugger or a freezer. */
  readonly state: "running" | "stopped";
  /** The working directory, which a server keeps in its data; " (deleted)" is cut off. Empty when it may not be read. */
  readonly folder: string;
  readonly title: string;
  /** How often it gave up or lost the processor. A process that is asked to do something and does not move is frozen. */
  readonly switches: number;
}

export interface Files {
  exists(path: string): Promise<boolean>;
  /** Undefined when there is no such file. */
  read(path: string): Promise<string | undefined>;
  /** Replaces the whole file or nothing of it, and is on the disk when it returns. */
  write(path: string, content: string, access?: "owner" | "all" | "control"): Promise<void>;
  /** Makes the folder, and those above it. `owner`: 0700, the servers' user. */
  makeFolder(path: string, access: "owner" | "all"): Promise<void>;
  /** Makes the folder; false when it is there already. */
  claim(path: string): Promise<boolean>;
  list(path: string): Promise<readonly string[]>;
  rename(from: string, to: string): Promise<void>;
  remove(path: string): Promise<void>;
  /** Bytes. */
  free(path: string): Promise<number>;
}

export type JobStatus =
  | { readonly kind: "absent" }
  | { readonly kind: "running" }
  | { readonly kind: "succeeded" }
  | { readonly kind: "failed"; readonly output: string };

/** Long commands that outlive the worker and the connection. */
export interface Jobs {
  /** Starts it once, however often it is asked with one folder. */
  start(folder: string, command: Command): Promise<void>;
  status(folder: string): Promise<JobStatus>;
  /** Resolves when it no longer runs, at the latest after `ms`. */
  ended(folder: string, ms: number): Promise<void>;
  /** Kills it with all that it started. */
  kill(folder: string): Promise<void>;
}
