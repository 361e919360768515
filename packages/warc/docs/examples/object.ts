import { type RandomAccess, readRecords } from "@fettle/warc";
import { openFile } from "@fettle/warc/node";

/** What the client of an object store offers in one form or another. That of S3: HeadObject, and GetObject with its Range. */
interface Store {
  size(key: string): Promise<number>;
  get(key: string, range: { first: number; last: number }): Promise<Uint8Array>;
}

async function openObject(store: Store, key: string): Promise<RandomAccess> {
  const size = await store.size(key);
  return { size, read: (offset, length) => store.get(key, { first: offset, last: Math.min(offset + length, size) - 1 }) };
}

// Here a folder stands for the store.
const folder: Store = {
  async size(key) {
    await using file = await openFile(key);
    return file.size;
  },
  async get(key, { first, last }) {
    await using file = await openFile(key);
    return await file.read(first, last - first + 1);
  },
};

for await (const record of readRecords(await openObject(folder, "example.warc.gz"), { offset: 784 })) {
  console.log(record.type, record.targetUri);
  break;
}
