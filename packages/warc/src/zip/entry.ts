/** A file in a ZIP file, as the central directory tells of it (APPNOTE 4.3.12). Sizes and offsets are in bytes. */
export interface ZipEntry {
  /** With `/` between folders; that of a folder ends with one. */
  readonly name: string;
  /** How it is packed (4.4.5). */
  readonly method: number;
  readonly encrypted: boolean;
  /** When it was last changed, as MS-DOS wrote it: the time in the lower two bytes, the date in the upper (4.4.6). */
  readonly modified: number;
  /** Of the unpacked bytes. */
  readonly crc32: number;
  readonly packedSize: number;
  readonly size: number;
  /** Of its local header, from the start of the ZIP file. */
  readonly offset: number;
}

/** The entry lies in the ZIP file as it is, so that any part of it can be read in place. */
export const store = 0;
export const deflate = 8;

/** Why a name must not be made a path: whoever unpacks it would write outside the folder it is unpacked in. Undefined for one that may. */
export function escapes(name: string): string | undefined {
  if (name === "" || name.includes("\0")) return "no name of a file";
  if (name.startsWith("/") || /^[a-z]:/i.test(name)) return "absolute";
  if (name.includes("\\")) return "with backslashes, which are separators to some";
  if (name.split("/").includes("..")) return "leading out of its folder";
  return undefined;
}
