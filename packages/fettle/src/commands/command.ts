import type { Client, Output } from "@fettle/engine";
import type { Setup } from "../config/load.ts";
import type { ExitCode } from "../exit.ts";

/** One word after `fettle`. What it says here is its `--help`. */
export interface Command {
  readonly name: string;
  readonly about: string;
  /** As commander writes them: `<name>`, `[name]`, `[rest...]`. */
  readonly args?: readonly { readonly usage: string; readonly about: string }[];
  readonly options?: readonly Option[];
  /** Whole command lines. */
  readonly examples: readonly string[];
  /** It ends by itself, and cleanly, when it is told to: SIGINT does not cut it off. */
  readonly endsItself?: true;
  run(call: Call): Promise<ExitCode>;
}

export interface Option {
  readonly flags: string;
  readonly about: string;
  readonly fallback?: string;
  /** May be given more than once. */
  readonly many?: true;
}

export interface Call {
  /** By the name in the usage. */
  readonly args: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** By the long flag's camel case. */
  readonly options: Readonly<Record<string, string | readonly string[] | boolean | undefined>>;
  /** Who runs the command, for history. */
  readonly by: string;
  readonly abort: AbortSignal;
  readonly out: Output;
  /** Throws BAD_CONFIG. */
  setup(): Promise<Setup>;
  /** Opened at the first call, and closed when the command ends. Throws as `connect` does. */
  client(): Promise<Client>;
}

/** The value of an argument or option that takes one. */
export function textOf(value: string | readonly string[] | boolean | undefined): string | undefined {
  return typeof value === "string" ? value : undefined;
}

/** The values of an argument or option that may be given more than once. */
export function textsOf(value: string | readonly string[] | boolean | undefined): readonly string[] {
  return Array.isArray(value) ? value : [];
}
