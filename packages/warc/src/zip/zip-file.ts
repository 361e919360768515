import type { RandomAccess } from "../bytes/input.ts";
import type { Finding } from "../finding.ts";
import { findEnd } from "./end-of-directory.ts";
import { escapes, type ZipEntry } from "./entry.ts";
import { zipFinding } from "./zip-finding.ts";

/** A ZIP file and what is in it. */
export interface ZipFile {
  readonly input: RandomAccess;
  /** In the order of the directory; of several with one name the first. */
  readonly entries: ReadonlyMap<string, ZipEntry>;
  readonly findings: readonly Finding[];
}

/** Bytes of a directory that are read: some 200,000 entries. A file of archives has tens of them. */
const longestDirectory = 1 << 24;
const headerSize = 46;

/**
 * Reads the directory at the end of a ZIP file (APPNOTE 4.3), also of a ZIP64 one. What does not hold together is a finding, and what can
 * be read of the list is there nevertheless. Throws only what the input throws.
 */
export async function openZip(input: RandomAccess): Promise<ZipFile> {
  const findings: Finding[] = [];
  const end = await findEnd(input);
  if ("code" in end) return { input, entries: new Map(), findings: [end] };
  if (end.size > longestDirectory || end.offset + end.size > end.at) {
    const message = `The directory should be ${end.size} bytes from ${end.offset} on, and the ZIP file ends at ${end.at}`;
    return { input, entries: new Map(), findings: [zipFinding("ZIP_BAD_DIRECTORY", message, end.at)] };
  }
  const bytes = await input.read(end.offset, end.size);
  const all = parseEntries(bytes, end.offset, end.count, findings);
  findOverlaps(all, end.offset, findings);
  return { input, entries: byName(all, findings), findings };
}

function parseEntries(bytes: Uint8Array, start: number, count: number, findings: Finding[]): ZipEntry[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const entries: ZipEntry[] = [];
  let at = 0;
  while (at + headerSize <= bytes.length && view.getUint32(at, true) === 0x02014b50) {
    const nameEnd = at + headerSize + view.getUint16(at + 28, true);
    const extraEnd = nameEnd + view.getUint16(at + 30, true);
    const next = extraEnd + view.getUint16(at + 32, true);
    if (next > bytes.length) break;
    const sizes = readSizes(view, at, bytes.subarray(nameEnd, extraEnd));
    entries.push({
      name: decoder.decode(bytes.subarray(at + headerSize, nameEnd)),
      method: view.getUint16(at + 10, true),
      encrypted: (view.getUint16(at + 8, true) & 1) !== 0,
      modified: view.getUint32(at + 12, true),
      crc32: view.getUint32(at + 16, true),
      ...sizes,
    });
    at = next;
  }
  if (at !== bytes.length || entries.length !== count) {
    const message = `The directory holds ${entries.length} whole entries in ${at} of its ${bytes.length} bytes, expected ${count}`;
    findings.push(zipFinding("ZIP_BAD_DIRECTORY", message, start + at, "went on with the entries that are whole"));
  }
  return entries;
}

const decoder = new TextDecoder();

/** Those that need more than four bytes stand in the extra field of ZIP64 (4.5.3), in this order. */
function readSizes(view: DataView, at: number, extra: Uint8Array): Pick<ZipEntry, "size" | "packedSize" | "offset"> {
  const large = findExtra(extra, 1);
  let used = 0;
  const read = (place: number) => {
    const value = view.getUint32(at + place, true);
    if (value !== 0xffffffff || large === undefined || used + 8 > large.byteLength) return value;
    used += 8;
    return Number(large.getBigUint64(used - 8, true));
  };
  const size = read(24);
  const packedSize = read(20);
  return { size, packedSize, offset: read(42) };
}

function findExtra(extra: Uint8Array, id: number): DataView | undefined {
  const view = new DataView(extra.buffer, extra.byteOffset, extra.length);
  for (let at = 0; at + 4 <= extra.length; ) {
    const length = view.getUint16(at + 2, true);
    if (view.getUint16(at, true) === id && at + 4 + length <= extra.length)
      return new DataView(extra.buffer, extra.byteOffset + at + 4, length);
    at += 4 + length;
  }
  return undefined;
}

/** Files that share bytes are how a small ZIP file becomes a huge folder. */
function findOverlaps(entries: readonly ZipEntry[], directory: number, findings: Finding[]): void {
  let reached = 0;
  for (const { name, offset, packedSize } of entries.toSorted((a, b) => a.offset - b.offset)) {
    if (offset < reached) findings.push(zipFinding("ZIP_OVERLAP", `${name} shares bytes with another file`, offset));
    reached = Math.max(reached, offset + packedSize);
    if (offset + packedSize > directory)
      findings.push(zipFinding("ZIP_BAD_ENTRY", `${name} reaches into the directory, or beyond the end of the file`, offset));
  }
}

function byName(all: readonly ZipEntry[], findings: Finding[]): ReadonlyMap<string, ZipEntry> {
  const entries = new Map<string, ZipEntry>();
  for (const entry of all) {
    const { name, offset, encrypted } = entry;
    const problem = escapes(name);
    if (problem) findings.push(zipFinding("ZIP_ESCAPING_NAME", `The name ${JSON.stringify(name)} is ${problem}`, offset));
    if (encrypted) findings.push(zipFinding("ZIP_ENCRYPTED", `${name} is encrypted`, offset, "does not read it"));
    if (entries.has(name)) findings.push(zipFinding("ZIP_REPEATED_NAME", `${name} is there more than once`, offset, "reads the first one"));
    else entries.set(name, entry);
  }
  return entries;
}
