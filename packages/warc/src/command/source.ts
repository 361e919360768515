import { existsSync } from "node:fs";
import { stat } from "node:fs/promises";
import { openFile } from "../bytes/file.ts";
import type { Input, RandomAccess } from "../bytes/input.ts";
import { WarcError } from "../error.ts";
import { isPattern } from "./operands.ts";

/** An argument that names an archive. */
export interface Source extends AsyncDisposable {
  /** As it is shown: what was given, without the offset. */
  readonly name: string;
  readonly input: Input;
  /** Where reading begins. */
  readonly offset: number;
}

/**
 * Opens a path, `FILE:OFFSET`, or `-`. `passed` is told how many bytes have been read, each time some are. Throws a `WarcError`
 * `CANNOT_READ`, whose cause is what the system says.
 */
export async function openSource(argument: string, passed: (bytes: number) => void = () => undefined): Promise<Source> {
  if (argument === "-") return { name: "-", input: process.stdin, offset: 0, [Symbol.asyncDispose]: async () => undefined };
  const { name, offset } = splitOffset(argument);
  try {
    await refuseFolder(name);
    const file = await openFile(name);
    return { name, input: counted(file, offset, passed), offset, [Symbol.asyncDispose]: () => file[Symbol.asyncDispose]() };
  } catch (error) {
    throw asUnreadable(error, name) ?? error;
  }
}

/** What is thrown of a file that the system does not give; undefined where the error is none of the system's. */
export function asUnreadable(error: unknown, name: string): WarcError | undefined {
  if (error instanceof WarcError && error.code === "CANNOT_READ") return error;
  if (!(error instanceof Error && "syscall" in error)) return undefined;
  const message = isPattern(name) ? "no file matches it" : error.message;
  return new WarcError("CANNOT_READ", `Cannot read ${name}: ${message}`, "Name a file that is there and that you may read", {
    cause: error,
  });
}

/** Bytes that reading an argument will take at most; none where that cannot be told. */
export async function sizeOf(argument: string): Promise<number> {
  const { name, offset } = splitOffset(argument);
  if (argument === "-" || !existsSync(name)) return 0;
  return Math.max(0, (await stat(name)).size - offset);
}

async function refuseFolder(name: string): Promise<void> {
  if (!(await stat(name)).isDirectory()) return;
  const inside = `${name.replace(/\/+$/, "")}/*.warc.gz`;
  throw new WarcError("CANNOT_READ", `Cannot read ${name}: it is a folder`, `Name the archives in it: '${inside}', or '**' for all below`);
}

/** A file whose name ends like an offset is taken by its name. */
function splitOffset(argument: string): { readonly name: string; readonly offset: number } {
  const [, name, offset] = /^(.+):(\d+)$/.exec(argument) ?? [];
  return name !== undefined && !existsSync(argument) ? { name, offset: Number(offset) } : { name: argument, offset: 0 };
}

function counted(file: RandomAccess, start: number, passed: (bytes: number) => void): RandomAccess {
  let end = start;
  return {
    size: file.size,
    async read(offset, length) {
      const bytes = await file.read(offset, length);
      const before = end;
      end = Math.max(end, offset + bytes.length);
      // What lies between two reads has been passed over.
      passed(end - before);
      return bytes;
    },
  };
}
