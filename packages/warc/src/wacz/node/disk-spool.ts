import { createReadStream, createWriteStream } from "node:fs";
import { join } from "node:path";
import { finished } from "node:stream/promises";
import { sortIndex } from "../../cdx/node/sort.ts";
import type { Spool, SpoolOrder } from "../spool.ts";

/** Spools on the disk, in a folder that is there, so that a collection of any size takes little memory. */
export function diskSpools(folder: string): (order: SpoolOrder) => Spool {
  let count = 0;
  return (order) => new DiskSpool(join(folder, `spool-${count++}`), order);
}

class DiskSpool implements Spool {
  readonly #path: string;
  readonly #order: SpoolOrder;
  readonly #file;

  constructor(path: string, order: SpoolOrder) {
    this.#path = path;
    this.#order = order;
    this.#file = createWriteStream(path);
    // What fails is told where the file is closed.
    this.#file.on("error", () => undefined);
  }

  async add(line: string): Promise<void> {
    if (this.#file.write(`${line}\n`) || this.#file.errored) return;
    await new Promise<void>((resolve) => this.#file.once("drain", resolve).once("close", resolve));
  }

  async *read(): AsyncGenerator<Uint8Array> {
    const done = finished(this.#file);
    this.#file.end();
    await done;
    if (this.#order === "as-added") return yield* createReadStream(this.#path);
    const sorted = `${this.#path}.sorted`;
    await sortIndex([{ name: "the index", bytes: createReadStream(this.#path) }], sorted);
    yield* createReadStream(sorted);
  }
}
