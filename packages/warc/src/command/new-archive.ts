import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import { createFile } from "../write/node/create-file.ts";
import type { OutputFile } from "../write/output-file.ts";
import { removeOnInterrupt } from "./new-file.ts";

/** Begins an archive as `createFile` does. Where somebody interrupts the command, what there is of it is removed. */
export async function createArchive(path: string, force: boolean): Promise<OutputFile> {
  await using failed = new AsyncDisposableStack();
  const archives = failed.use(new NewArchives(force));
  const file = await archives.create(path);
  failed.move();
  return {
    ...file,
    async finish() {
      await file.finish();
      archives.keep();
    },
    [Symbol.asyncDispose]: () => archives[Symbol.asyncDispose](),
  };
}

/** Archives that belong together: those that are finished are removed as well, unless all are and `keep` says so. */
export class NewArchives implements AsyncDisposable {
  readonly #force: boolean;
  readonly #paths = new Set<string>();
  readonly #files: OutputFile[] = [];
  readonly #onInterrupt = removeOnInterrupt(this.#paths);

  constructor(force: boolean) {
    this.#force = force;
  }

  async create(path: string): Promise<OutputFile> {
    const temporary = `${path}.open`;
    // One that is there is somebody else's. Else it is remembered before it is made, so that there is no moment in which it would stay.
    if (!existsSync(temporary)) this.#paths.add(temporary);
    try {
      const file = await createFile(path, { force: this.#force });
      this.#files.push(file);
      return {
        ...file,
        finish: async () => {
          await file.finish();
          this.#paths.delete(temporary);
          this.#paths.add(path);
        },
      };
    } catch (error) {
      this.#paths.delete(temporary);
      throw error;
    }
  }

  keep(): void {
    this.#paths.clear();
    this.#onInterrupt[Symbol.dispose]();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const file of this.#files) await file[Symbol.asyncDispose]();
    for (const path of this.#paths) await rm(path, { force: true });
    this.keep();
  }
}
