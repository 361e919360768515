/** A process that reads one archive to its end in one way, and says what it took: `node read-archive.ts WAY FILE MEMBERS`. */
import { createReadStream } from "node:fs";
import { readFile } from "node:fs/promises";
import { crc32, inflateRawSync } from "node:zlib";

export interface Reading {
  readonly records: number;
  readonly seconds: number;
  /** The most memory that the process has held. */
  readonly bytes: number;
}

/** Each answers how many records there were. The readers read the head of the HTTP message in each, and pass over its body. */
const ways: Readonly<Record<string, (file: string, members: string) => Promise<number>>> = {
  async nothing() {
    return 0;
  },
  /** What no reader can be faster than: each member inflated, and its checksum, by who knows already where it begins. */
  async inflate(file, members) {
    const bytes = await readFile(file);
    const lengths: number[] = JSON.parse(await readFile(members, "utf8"));
    let at = 0;
    for (const length of lengths) {
      // Ten bytes of header, eight of checksum and size.
      const plain = inflateRawSync(bytes.subarray(at + 10, at + length - 8));
      if (crc32(plain) !== bytes.readUInt32LE(at + length - 8)) throw new Error(`The member at ${at} is damaged`);
      at += length;
    }
    return lengths.length;
  },
  async ours(file) {
    const { messageKind, openMessage, readRecords } = await import("@fettle/warc");
    const { openFile } = await import("@fettle/warc/node");
    await using input = await openFile(file);
    let records = 0;
    for await (const record of readRecords(input)) {
      const kind = messageKind(record);
      if (kind) await openMessage(record.block, kind);
      await record.end();
      records++;
    }
    return records;
  },
  async warcio(file) {
    const { WARCParser } = await import("warcio");
    let records = 0;
    for await (const record of new WARCParser(createReadStream(file, { highWaterMark: 1 << 20 }))) {
      await record.skipFully();
      records++;
    }
    return records;
  },
};

const [way = "", file = "", members = ""] = process.argv.slice(2);
const read = ways[way];
if (!read) throw new Error(`Cannot read an archive by ${way}: expected one of ${Object.keys(ways).join(", ")}`);
const began = performance.now();
const records = await read(file, members);
const reading: Reading = { records, seconds: (performance.now() - began) / 1000, bytes: process.resourceUsage().maxRSS * 1024 };
console.log(JSON.stringify(reading));
