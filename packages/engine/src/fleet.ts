import type { Client } from "./client/client.ts";
import type { Machine } from "./machine/machine.ts";

/** A plug-in: machines and commands for one kind of thing. */
export interface Fleet {
  /** `postgres` */
  readonly name: string;
  readonly machines: readonly Machine[];
  /** Shown as `fettle GROUP …`. */
  readonly commands?: CommandGroup;
}

export interface CommandGroup {
  /** The word after `fettle`, for example `pg`. */
  readonly name: string;
  readonly about: string;
  readonly commands: readonly FleetCommand[];
}

export interface FleetCommand {
  readonly name: string;
  readonly about: string;
  /** As commander writes them: `<name>`, `[name]`, `[rest...]`. */
  readonly args?: readonly { readonly usage: string; readonly about: string }[];
  readonly options?: readonly { readonly flags: string; readonly about: string; readonly fallback?: string }[];
  /** Whole command lines, for --help. */
  readonly examples: readonly string[];
  /** It hands the terminal to another program, which takes Ctrl-C for itself. */
  readonly interactive?: true;
  run(call: CommandCall): Promise<void>;
}

export interface CommandCall {
  readonly client: Client;
  /** By the name in the usage. */
  readonly args: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** By the long flag's camel case. */
  readonly options: Readonly<Record<string, string | boolean | undefined>>;
  /** Who runs the command, for history. */
  readonly by: string;
  readonly abort: AbortSignal;
  readonly out: Output;
}

/** Where a command's result and talk go: result on stdout, talk on stderr. */
export interface Output {
  readonly json: boolean;
  readonly terminal: boolean;
  /** The whole result of a command that prints one thing: JSON with --json, else the text. */
  result(value: unknown, text: string): void;
  /** A table: aligned with a header on a terminal, tab-separated without one in a pipe, JSON with --json. */
  table(rows: readonly Readonly<Record<string, string>>[], value: unknown): void;
  /** A line of talk on stderr. */
  say(line: string): void;
  /** A question on the terminal; throws FettleError NO_ANSWER when there is none to ask. `yes` options answer for it. */
  ask(question: string): Promise<string>;
}
