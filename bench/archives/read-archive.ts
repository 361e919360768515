/** A process that reads one archive to its end in one way, and says what it took: `node read-archive.ts WAY FILE MEMBERS`. */
import { hash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readFile } from "node:fs/promises";
import { crc32, inflateRawSync } from "node:zlib";

export interface Reading {
  readonly records: number;
  readonly seconds: number;
  /** The most memory that the process has held. */
  readonly bytes: number;
}

/** Each loads its reader, which then answers how many records there were. The readers read the head of the HTTP message in each, and pass over its body. */
const ways: Readonly<Record<string, () => Promise<(file: string, members: string) => Promise<number>>>> = {
  nothing: async () => async () => 0,
  /** What no reader can be faster than: each member inflated, and its checksum, by who knows already where it begins. */
  inflate: async () => (file, members) => inflateAll(file, members, () => undefined),
  /** What no check of digests can be faster than: the same, and the two hashes of what is known to be block and payload. */
  "inflate-hash": async () => (file, members) =>
    inflateAll(file, members, (record) => {
      const block = record.subarray(record.indexOf(blankLine) + 4, -4);
      hash("sha1", block);
      hash("sha1", block.subarray(block.indexOf(blankLine) + 4));
    }),
  async ours() {
    const { messageKind, openMessage, readRecords } = await import("@fettle/warc");
    const { openFile } = await import("@fettle/warc/node");
    return async (file) => {
      await using input = await openFile(file);
      let records = 0;
      for await (const record of readRecords(input)) {
        const kind = messageKind(record);
        if (kind) await openMessage(record.block, kind);
        await record.end();
        records++;
      }
      return records;
    };
  },
  /** As `warc validate` does, and prints nothing. */
  async "ours-digests"() {
    const { checkFields, readRecords, verifyDigests } = await import("@fettle/warc");
    const { openFile } = await import("@fettle/warc/node");
    return async (file) => {
      await using input = await openFile(file);
      let records = 0;
      for await (const record of readRecords(input)) {
        const { verdicts } = await verifyDigests(record);
        const isSound = verdicts.block === "ok" && verdicts.payload === "ok" && checkFields(record).length === 0;
        if (!isSound) throw new Error("A sound record is faulted");
        await record.end();
        records++;
      }
      return records;
    };
  },
  async warcio() {
    const { WARCParser } = await import("warcio");
    return async (file) => {
      let records = 0;
      for await (const record of new WARCParser(createReadStream(file, { highWaterMark: 1 << 20 }))) {
        await record.skipFully();
        records++;
      }
      return records;
    };
  },
};

const blankLine = Buffer.from("\r\n\r\n");

async function inflateAll(file: string, members: string, use: (record: Buffer) => void): Promise<number> {
  const bytes = await readFile(file);
  const lengths: number[] = JSON.parse(await readFile(members, "utf8"));
  let at = 0;
  for (const length of lengths) {
    // Ten bytes of header, eight of checksum and size.
    const plain = inflateRawSync(bytes.subarray(at + 10, at + length - 8));
    if (crc32(plain) !== bytes.readUInt32LE(at + length - 8)) throw new Error(`The member at ${at} is damaged`);
    use(plain);
    at += length;
  }
  return lengths.length;
}

const [way = "", file = "", members = ""] = process.argv.slice(2);
const load = ways[way];
if (!load) throw new Error(`Cannot read an archive by ${way}: expected one of ${Object.keys(ways).join(", ")}`);
const read = await load();
const began = performance.now();
const records = await read(file, members);
const reading: Reading = { records, seconds: (performance.now() - began) / 1000, bytes: process.resourceUsage().maxRSS * 1024 };
console.log(JSON.stringify(reading));
