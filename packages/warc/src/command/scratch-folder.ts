import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { removeOnInterrupt } from "./new-file.ts";

/** A folder for what a command puts aside, gone when it is disposed of. */
export interface ScratchFolder extends AsyncDisposable {
  readonly path: string;
  /** Leaves interrupts to whoever handles them from now on; until then they remove the folder, and end the command. */
  letInterrupt(): void;
}

export async function makeScratchFolder(): Promise<ScratchFolder> {
  const path = await mkdtemp(join(tmpdir(), "warc-"));
  const guard = removeOnInterrupt(path);
  return {
    path,
    letInterrupt: () => guard[Symbol.dispose](),
    async [Symbol.asyncDispose]() {
      guard[Symbol.dispose]();
      await rm(path, { recursive: true, force: true });
    },
  };
}
