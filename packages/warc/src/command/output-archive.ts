import { basename } from "node:path";
import { WarcError } from "../error.ts";
import type { OutputFile } from "../write/output-file.ts";
import type { Packing } from "../write/pack-record.ts";
import { WarcWriter } from "../write/warc-writer.ts";
import { createArchive } from "./new-archive.ts";
import { refuseExisting } from "./new-file.ts";

/** One archive in the making: it is there once its writer has been closed. Disposed of before that, it leaves nothing. */
export interface OutputArchive extends AsyncDisposable {
  readonly writer: WarcWriter;
}

/** Begins an archive that is packed as its name says. Throws `OUTPUT_NAME` and `FILE_EXISTS`. */
export function outputArchive(path: string, force: boolean): OutputArchive {
  const [, stem = "", extension = ""] = /^(.+)\.(warc(?:\.gz|\.zst)?)$/.exec(basename(path)) ?? [];
  const packing = packings[extension];
  if (!packing) throw new WarcError("OUTPUT_NAME", `Cannot tell how to pack ${path}`, "Let its name end with .warc.gz, .warc.zst or .warc");
  refuseExisting(path, force);
  let file: OutputFile | undefined;
  // Braces would stand for a time or a number.
  const name = stem.replace(/[{}]/g, "_");
  const create = async () => {
    file = await createArchive(path, force);
    return file;
  };
  return { writer: new WarcWriter({ name, packing, create }), [Symbol.asyncDispose]: async () => file?.[Symbol.asyncDispose]() };
}

const packings: Readonly<Record<string, Packing>> = { warc: { kind: "plain" }, "warc.gz": { kind: "gzip" }, "warc.zst": { kind: "zstd" } };
