/** A sink that keeps what is written, as if it were a file. */
export function gather() {
  const parts: Uint8Array[] = [];
  return {
    async write(bytes: Uint8Array): Promise<void> {
      parts.push(Uint8Array.from(bytes));
    },
    bytes: (): Uint8Array => Uint8Array.from(Buffer.concat(parts)),
  };
}

/** All bytes of a stream. */
export async function gatherBytes(source: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const bytes of source) parts.push(bytes);
  return Buffer.concat(parts);
}

/** All that is yielded. */
export async function gatherAll<Item>(source: AsyncIterable<Item>): Promise<Item[]> {
  const items: Item[] = [];
  for await (const item of source) items.push(item);
  return items;
}
