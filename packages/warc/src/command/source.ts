import { existsSync } from "node:fs";
import { openFile } from "../bytes/file.ts";
import type { Input } from "../bytes/input.ts";

/** An argument that names an archive. */
export interface Source extends AsyncDisposable {
  /** As it is shown: what was given, without the offset. */
  readonly name: string;
  readonly input: Input;
  /** Where reading begins. */
  readonly offset: number;
}

/** Opens a path, `FILE:OFFSET`, or `-`. Throws what the system says where it cannot. */
export async function openSource(argument: string): Promise<Source> {
  if (argument === "-") return { name: "-", input: process.stdin, offset: 0, [Symbol.asyncDispose]: async () => undefined };
  const { name, offset } = splitOffset(argument);
  const file = await openFile(name);
  return { name, input: file, offset, [Symbol.asyncDispose]: () => file[Symbol.asyncDispose]() };
}

/** A file whose name ends like an offset is taken by its name. */
function splitOffset(argument: string): { readonly name: string; readonly offset: number } {
  const [, name, offset] = /^(.+):(\d+)$/.exec(argument) ?? [];
  return name !== undefined && !existsSync(argument) ? { name, offset: Number(offset) } : { name: argument, offset: 0 };
}
