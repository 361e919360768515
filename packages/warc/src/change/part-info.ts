import { concat } from "../bytes/stored-bytes.ts";
import { WarcError } from "../error.ts";
import type { ArchiveRecord } from "../read/record.ts";
import type { WritableRecord } from "../write/record-bytes.ts";
import { asWritable } from "./as-writable.ts";

const most = 1 << 24;

/** Whether a record is about those that follow it, until the next such: a warcinfo (ISO 28500:2017 6.2), or what heads an ARC file. */
export function isInfo({ type }: ArchiveRecord): boolean {
  return type === "filedesc" || type?.toLowerCase() === "warcinfo";
}

/** Such a record with its block, to be written into several parts, in all under its own id: that is what the others name. Throws `WARCINFO_TOO_LONG`. */
export async function holdInfo(record: ArchiveRecord): Promise<WritableRecord> {
  const writable = asWritable(record);
  if ((writable.contentLength ?? 0) > most) {
    const message = `Cannot copy the warcinfo at byte ${record.offset} into each part: it has ${writable.contentLength} bytes`;
    throw new WarcError("WARCINFO_TOO_LONG", message, `Split an archive whose warcinfo has ${most} bytes at most`);
  }
  const parts: Uint8Array[] = [];
  for await (const bytes of record.block) parts.push(bytes);
  return { ...writable, block: concat(parts) };
}
