import { platform } from "#platform";
import { type RandomAccess, readChunks } from "../bytes/input.ts";
import { accessPart } from "../bytes/part.ts";
import type { Finding } from "../finding.ts";
import { deflate, store, type ZipEntry } from "./entry.ts";
import type { ZipFile } from "./zip-file.ts";
import { zipFinding } from "./zip-finding.ts";

/** The packed bytes of an entry where they lie, or why there are none. Their first byte is told by the local header only (APPNOTE 4.3.7). */
export async function openPacked({ input }: ZipFile, entry: ZipEntry): Promise<RandomAccess | Finding> {
  const { name, offset, packedSize } = entry;
  const header = offset + headerSize <= input.size ? await input.read(offset, headerSize) : new Uint8Array(0);
  const view = new DataView(header.buffer, header.byteOffset, header.length);
  if (header.length < headerSize || view.getUint32(0, true) !== 0x04034b50)
    return zipFinding("ZIP_BAD_ENTRY", `There is no file header at ${offset}, where ${name} should be`, offset, "does not read it");
  const nameLength = view.getUint16(26, true);
  const start = offset + headerSize + nameLength + view.getUint16(28, true);
  const local = decoder.decode(await input.read(offset + headerSize, nameLength));
  if (local !== name || start + packedSize > input.size)
    return zipFinding("ZIP_BAD_ENTRY", `What lies at ${offset} is not the whole of ${name}`, offset, "does not read it");
  return accessPart(input, start, packedSize);
}

/** An entry that is not packed, to be read in any order in place; undefined for one that is packed, encrypted or not there. */
export async function openStored(zip: ZipFile, entry: ZipEntry): Promise<RandomAccess | undefined> {
  if (entry.method !== store || entry.encrypted) return undefined;
  const packed = await openPacked(zip, entry);
  return "code" in packed ? undefined : packed;
}

/**
 * The bytes of an entry, unpacked. They are never more than the directory says, whatever the packed ones would give; what is wrong with them
 * is told to `report` at the end.
 */
export async function* readEntry(
  zip: ZipFile,
  entry: ZipEntry,
  report: (finding: Finding) => void = () => undefined,
): AsyncGenerator<Uint8Array, void> {
  const { name, size, offset, method, encrypted } = entry;
  if (encrypted) return; // The reader of the directory has told that.
  if (method !== store && method !== deflate)
    return report(
      zipFinding("ZIP_UNKNOWN_METHOD", `${name} is packed by method ${method}, expected STORE or DEFLATE`, offset, "does not read it"),
    );
  const packed = await openPacked(zip, entry);
  if ("code" in packed) return report(packed);
  let length = 0;
  let crc = 0;
  for await (const bytes of method === store ? readChunks(packed, 0) : inflate(packed)) {
    length += bytes.length;
    if (length > size) break;
    crc = platform.crc32(bytes, crc);
    yield bytes;
  }
  if (length !== size) {
    const message = `${name} gives ${length > size ? "more" : `${length}`} bytes, expected ${size}`;
    report(zipFinding("ZIP_BAD_SIZE", message, offset, "read no more than that"));
  } else if (crc !== entry.crc32) report(zipFinding("ZIP_BAD_CRC", `The checksum of ${name} is wrong`, offset));
}

const headerSize = 30;
const decoder = new TextDecoder();

function inflate(packed: RandomAccess): AsyncGenerator<Uint8Array, unknown> {
  const chunks = readChunks(packed, 0);
  const feed = async () => {
    const next = await chunks.next();
    return next.done ? undefined : next.value;
  };
  return platform.inflateStream(feed, 1 << 16);
}
