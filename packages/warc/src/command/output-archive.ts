import { basename } from "node:path";
import { WarcError } from "../error.ts";
import type { Packing } from "../write/pack-record.ts";
import { WarcWriter } from "../write/warc-writer.ts";
import { createArchive, refuseExisting } from "./new-archive.ts";

/** A writer of one file, packed as its name says. Throws `OUTPUT_NAME` and `FILE_EXISTS`. */
export function outputArchive(path: string, force: boolean): WarcWriter {
  const [, stem = "", extension = ""] = /^(.+)\.(warc(?:\.gz|\.zst)?)$/.exec(basename(path)) ?? [];
  const packing = packings[extension];
  if (!packing) throw new WarcError("OUTPUT_NAME", `Cannot tell how to pack ${path}`, "Let its name end with .warc.gz, .warc.zst or .warc");
  refuseExisting(path, force);
  return new WarcWriter({ name: stem.replace(/[{}]/g, "_"), packing, create: () => createArchive(path, force) });
}

const packings: Readonly<Record<string, Packing>> = { warc: { kind: "plain" }, "warc.gz": { kind: "gzip" }, "warc.zst": { kind: "zstd" } };
