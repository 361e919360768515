/** A process that reads an archive made as it is read, and prints how many MiB more than before it has ever held: `node read-in-child.ts KIND`. */
import { constants, crc32, deflateRawSync, gzipSync } from "node:zlib";
import { readRecords } from "../src/index.ts";

const head = (number: number, length: number) =>
  Buffer.from(
    `WARC/1.1\r\nWARC-Type: resource\r\nWARC-Target-URI: http://a/${number}\r\nWARC-Record-ID: <urn:x:${number}>\r\nWARC-Date: 2020-01-01T00:00:00Z\r\nContent-Type: a/b\r\nContent-Length: ${length}\r\n\r\n`,
  );

const archives: Readonly<Record<string, () => Iterable<Buffer>>> = { "one large": oneLarge, "many small": manySmall };

/** One record of half a GiB in one member. */
function* oneLarge(): Iterable<Buffer> {
  const block = Buffer.from(Array.from({ length: 1 << 20 }, (_, index) => ((index * 7919) >> 5) & 63));
  const times = 512;
  const first = head(0, times * block.length);
  const last = Buffer.from("\r\n\r\n");
  // With a full flush each piece of deflate is whole in itself, and can be repeated.
  const packed = deflateRawSync(block, { level: 1, finishFlush: constants.Z_FULL_FLUSH });
  let sum = crc32(first);
  yield Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff]);
  yield deflateRawSync(first, { finishFlush: constants.Z_FULL_FLUSH });
  for (let time = 0; time < times; time++) {
    sum = crc32(block, sum);
    yield packed;
  }
  yield deflateRawSync(last);
  const trailer = Buffer.alloc(8);
  trailer.writeUInt32LE(crc32(last, sum));
  trailer.writeUInt32LE(first.length + times * block.length + last.length, 4);
  yield trailer;
}

/** Eighty thousand records of five bytes, each in a member of its own. */
function* manySmall(): Iterable<Buffer> {
  const members = Array.from({ length: 1000 }, (_, number) =>
    gzipSync(Buffer.concat([head(number, 5), Buffer.from("hello\r\n\r\n")]), { level: 1 }),
  );
  const bytes = Buffer.concat(members);
  for (let time = 0; time < 80; time++) yield bytes;
}

async function* stream(pieces: Iterable<Buffer>): AsyncGenerator<Buffer> {
  yield* pieces;
}

const make = archives[process.argv[2] ?? ""];
if (!make) throw new Error(`Expected one of ${Object.keys(archives).join(", ")}`);
// Whatever is loaded or grows once does so with a small one.
for await (const record of readRecords(gzipSync(Buffer.concat([head(0, 0), Buffer.from("\r\n\r\n")])))) await record.end();
const before = process.resourceUsage().maxRSS;
let records = 0;
let bytes = 0;
for await (const record of readRecords(stream(make()))) {
  for await (const piece of record.block) bytes += piece.length;
  records++;
}
console.log(JSON.stringify({ records, bytes, mib: (process.resourceUsage().maxRSS - before) / 1024 }));
