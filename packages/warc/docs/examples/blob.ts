import { type RandomAccess, readRecords } from "@fettle/warc";

/** A file that somebody has chosen, as `<input type="file">` gives it, is a Blob. */
function openBlob(blob: Blob): RandomAccess {
  return { size: blob.size, read: async (offset, length) => new Uint8Array(await blob.slice(offset, offset + length).arrayBuffer()) };
}

export async function list(blob: Blob): Promise<string[]> {
  const targets: string[] = [];
  for await (const { type, targetUri } of readRecords(openBlob(blob))) if (type === "response") targets.push(targetUri ?? "");
  return targets;
}
