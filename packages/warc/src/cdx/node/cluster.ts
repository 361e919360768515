import { type FileHandle, mkdtemp, open, readFile, rename, rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import { openFile } from "../../bytes/file.ts";
import type { RandomAccess } from "../../bytes/input.ts";
import { Cluster, damagedCluster, formatBlock } from "../cluster.ts";
import { formatLocations, parseLocations } from "../location.ts";
import { packIndex } from "../pack.ts";

export interface ClusterOptions {
  /** Lines of a block; 3,000 where it is absent. */
  readonly lines?: number;
  /** Into how many files of about the same size; needs `size`, the bytes of the index. */
  readonly shards?: { readonly count: number; readonly size: number };
}

/**
 * Packs a sorted index into a ZipNum cluster: `NAME-00000.cdx.gz` and more in `folder`, `NAME.idx` and `NAME.loc`. The `.idx` comes last and
 * whole, so that no reader sees a cluster in the making. Returns how many blocks it has.
 */
export async function writeCluster(
  source: AsyncIterable<Uint8Array>,
  folder: string,
  name: string,
  options: ClusterOptions = {},
): Promise<number> {
  const staging = await mkdtemp(join(folder, `${name}.zip-`));
  const { lines, shards } = options;
  const parts = new Map<string, readonly string[]>();
  let part: FileHandle | undefined;
  let blocks = 0;
  try {
    await using idx = await open(join(staging, `${name}.idx`), "w");
    const packing = { ...(lines && { lines }), ...(shards && { partSize: Math.ceil(shards.size / shards.count) }) };
    for await (const block of packIndex(source, { ...packing, name: (number) => `${name}-${String(number).padStart(5, "0")}` })) {
      if (!parts.has(block.part)) {
        await part?.sync();
        await part?.close();
        part = await open(join(staging, `${block.part}.cdx.gz`), "w");
        parts.set(block.part, [`${block.part}.cdx.gz`]);
      }
      await part?.writeFile(block.bytes);
      await idx.writeFile(`${formatBlock(block)}\n`);
      blocks++;
    }
    await part?.sync();
    await part?.close();
    part = undefined;
    await idx.sync();
    await using loc = await open(join(staging, `${name}.loc`), "w");
    await loc.writeFile(formatLocations(parts));
    await loc.sync();
    for (const file of [...[...parts.keys()].map((key) => `${key}.cdx.gz`), `${name}.loc`, `${name}.idx`])
      await rename(join(staging, file), join(folder, file));
    return blocks;
  } finally {
    await part?.close();
    await rm(staging, { recursive: true, force: true });
  }
}

/** A cluster of the disk by its `.idx` and `.loc` in one folder. Of a part's copies the first that is there is read. */
export async function openCluster(folder: string, name: string): Promise<Cluster & AsyncDisposable> {
  const locations = parseLocations(await readFile(join(folder, `${name}.loc`), "utf8"));
  const owned = new AsyncDisposableStack();
  const opened = new Map<string, RandomAccess>();
  const idx = owned.use(await openFile(join(folder, `${name}.idx`)));
  const cluster = new Cluster(idx, async (part) => {
    const known = opened.get(part);
    if (known) return known;
    const file = owned.use(await openFirst(folder, part, locations.get(part) ?? []));
    opened.set(part, file);
    return file;
  });
  return Object.assign(cluster, { [Symbol.asyncDispose]: () => owned.disposeAsync() });
}

async function openFirst(folder: string, part: string, paths: readonly string[]): Promise<RandomAccess & AsyncDisposable> {
  let cause: unknown;
  for (const path of paths) {
    try {
      return await openFile(resolve(folder, path));
    } catch (error) {
      // Clusters are moved and copied, and their .loc names all places where a part has ever been.
      cause = error;
    }
  }
  throw damagedCluster(`no copy of ${part} can be opened, of ${paths.join(", ") || "none"}`, cause);
}
