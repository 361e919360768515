import { concat } from "./stored-bytes.ts";

/** The first `most` bytes of a stream, or all where there are fewer; no more of it is read than that takes. */
export async function firstBytes(source: AsyncIterable<Uint8Array>, most: number): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const bytes of source) {
    const part = bytes.slice(0, most - length);
    parts.push(part);
    length += part.length;
    if (length === most) break;
  }
  return concat(parts);
}
