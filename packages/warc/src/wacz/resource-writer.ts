import { hashOf, startHash } from "#hash";
import { encode } from "../digest/base.ts";
import { type ByteSink, type EntryWriter, ZipWriter } from "../zip/zip-writer.ts";
import type { Resource } from "./datapackage.ts";

/** A digest as a WACZ file writes it. */
export function sha256Of(bytes: Uint8Array): string {
  return `sha256:${encode("base16", hashOf("sha256", bytes))}`;
}

/** The digest of bytes that come in pieces. */
export async function sha256Through(source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<string> {
  const hash = startHash("sha256");
  for await (const bytes of source) hash.update(bytes);
  return `sha256:${encode("base16", hash.digest())}`;
}

/** Writes the files of a WACZ file, and notes what its `datapackage.json` has to say of them. */
export class ResourceWriter {
  readonly resources: Resource[] = [];
  readonly #zip: ZipWriter;

  constructor(sink: ByteSink, modified: Date) {
    this.#zip = new ZipWriter(sink, modified);
  }

  /** Begins a file, to be listed at its end. */
  async begin(path: string): Promise<EntryWriter> {
    const entry = await this.#zip.begin(path);
    const hash = startHash("sha256");
    let size = 0;
    return {
      write: async (bytes) => {
        hash.update(bytes);
        size += bytes.length;
        await entry.write(bytes);
      },
      end: async () => {
        await entry.end();
        const name = path.slice(path.lastIndexOf("/") + 1);
        this.resources.push({ name, path, hash: `sha256:${encode("base16", hash.digest())}`, bytes: size });
      },
    };
  }

  async add(path: string, source: AsyncIterable<Uint8Array>): Promise<void> {
    const file = await this.begin(path);
    for await (const bytes of source) await file.write(bytes);
    await file.end();
  }

  /** Adds a file that does not list itself. */
  async addUnlisted(path: string, text: Uint8Array): Promise<void> {
    const entry = await this.#zip.begin(path);
    await entry.write(text);
    await entry.end();
  }

  end(): Promise<void> {
    return this.#zip.end();
  }
}
