import type { Input, RandomAccess } from "../bytes/input.ts";
import type { Finding } from "../finding.ts";
import { readRecords } from "../read/read-records.ts";
import type { ArchiveRecord } from "../read/record.ts";
import type { WritableRecord } from "../write/record-bytes.ts";
import type { ArchiveSink } from "./archive-sink.ts";
import { asWritable } from "./as-writable.ts";
import { refuseDamage } from "./damage.ts";
import { holdInfo, isInfo } from "./part-info.ts";

/** A part in the making. */
export interface Part {
  readonly sink: ArchiveSink;
  /** Nothing more comes. */
  finish(): Promise<void>;
}

/** Begins the part of that name: a number, or a host. */
export type OpenPart = (name: string) => Promise<Part>;

/** What a part gets no further record from on. */
export type Limit = { readonly kind: "size"; readonly bytes: number } | { readonly kind: "records"; readonly count: number };

/**
 * Copies the records of an archive into parts named 00001 and so on, one after another, to the byte. Each begins with a copy of the warcinfo
 * that its first record is under. Throws `DAMAGED_ARCHIVE` and `WARCINFO_TOO_LONG`.
 */
export async function splitInTurn(input: Input, limit: Limit, open: OpenPart, report: (finding: Finding) => void): Promise<void> {
  let part: Part | undefined;
  let number = 0;
  let records = 0;
  let info: WritableRecord | undefined;
  for await (const record of readRecords(input, { report: refuseDamage("split the archive", report) })) {
    const held = isInfo(record) ? await holdInfo(record) : undefined;
    if (part && (limit.kind === "size" ? part.sink.size >= limit.bytes : records >= limit.count)) {
      await part.finish();
      part = undefined;
    }
    if (!part) {
      part = await open(String(++number).padStart(5, "0"));
      records = 0;
      if (info && !held) await part.sink.append(info);
    }
    await part.sink.append(held ?? asWritable(record));
    records++;
    info = held ?? info;
  }
  await part?.finish();
}

/** So many parts are written at once. More hosts than these, and the archive is read once more for as many again. */
const mostOpen = 100;

/**
 * Copies the records of an archive into a part for each host of their target URIs. What has none goes where the record before it went. The
 * warcinfo that a record is under is copied into its part in front of it. Throws `DAMAGED_ARCHIVE` and `WARCINFO_TOO_LONG`.
 */
export async function splitByHost(input: RandomAccess, open: OpenPart, report: (finding: Finding) => void): Promise<void> {
  const hosts = [...(await findHosts(input, refuseDamage("split the archive", report)))];
  for (let start = 0; start < hosts.length; start += mostOpen) await copyHosts(input, new Set(hosts.slice(start, start + mostOpen)), open);
}

async function findHosts(input: RandomAccess, report: (finding: Finding) => void): Promise<ReadonlySet<string>> {
  const hosts = new Set<string>();
  let host = noHost;
  for await (const record of readRecords(input, { report })) {
    if (isInfo(record)) continue;
    host = hostOf(record) ?? host;
    hosts.add(host);
  }
  return hosts;
}

async function copyHosts(input: RandomAccess, hosts: ReadonlySet<string>, open: OpenPart): Promise<void> {
  const parts = new Map<string, Part & { info?: WritableRecord | undefined }>();
  let info: WritableRecord | undefined;
  let host = noHost;
  for await (const record of readRecords(input)) {
    if (isInfo(record)) {
      info = await holdInfo(record);
      continue;
    }
    host = hostOf(record) ?? host;
    if (!hosts.has(host)) continue;
    const part = parts.get(host) ?? { ...(await open(host)) };
    parts.set(host, part);
    if (info && part.info !== info) await part.sink.append(info);
    part.info = info;
    await part.sink.append(asWritable(record));
  }
  for (const part of parts.values()) await part.finish();
}

const noHost = "no-host";

/** As it can stand in the name of a file. Undefined where the record has no target URI, or one without a host. */
function hostOf({ targetUri = "" }: ArchiveRecord): string | undefined {
  const dns = /^dns:(?:\/\/[^/]*\/)?([^?;/]+)/i.exec(targetUri)?.[1];
  const host = dns ?? (URL.canParse(targetUri) ? new URL(targetUri).hostname : "");
  return (
    host
      .toLowerCase()
      .replace(/[^a-z0-9.-]/g, "_")
      .replace(/^\.+/, "_") || undefined
  );
}
