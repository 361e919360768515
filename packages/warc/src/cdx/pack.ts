import type { ClusterBlock } from "./cluster.ts";
import { lineTooLong, readLines } from "./lines.ts";

export interface PackOptions {
  /** Lines of a block; 3,000 as everywhere. A look-up inflates one block, a smaller one compresses worse. */
  readonly lines?: number;
  /** Bytes of lines after which another part is begun; one part where it is absent. */
  readonly partSize?: number;
  /** The name of a part from its number, from 0. */
  readonly name?: (part: number) => string;
}

/** A block of a cluster in the making: its gzip member, and its line of the `.idx`. */
export interface PackedBlock extends ClusterBlock {
  readonly bytes: Uint8Array;
}

/** Packs a sorted index into the blocks of a ZipNum cluster, in order. Header lines have no place in a cluster and are left out. */
export async function* packIndex(source: AsyncIterable<Uint8Array>, options: PackOptions = {}): AsyncGenerator<PackedBlock> {
  const { lines: most = 3000, partSize = Number.POSITIVE_INFINITY, name = (part) => `part-${String(part).padStart(5, "0")}` } = options;
  let part = 0;
  let offset = 0;
  let plain = 0;
  let number = 1;
  for await (const lines of groups(source, most)) {
    if (plain >= partSize) {
      part++;
      offset = 0;
      plain = 0;
    }
    const bytes = await deflate(lines);
    yield { key: keyOf(lines[0]), part: name(part), offset, length: bytes.length, number, bytes };
    for (const line of lines) plain += line.length;
    offset += bytes.length;
    number++;
  }
}

async function* groups(source: AsyncIterable<Uint8Array>, most: number): AsyncGenerator<Uint8Array[]> {
  let lines: Uint8Array[] = [];
  for await (const { bytes, isCut } of readLines(source)) {
    if (isCut) throw lineTooLong("the index to pack");
    if (bytes.length === 0 || bytes[0] === 0x20 || bytes[0] === 0x21) continue;
    // A line that ends within a chunk lies in its source's memory, which may be used again.
    lines.push(bytes.slice(), newline);
    if (lines.length < most * 2) continue;
    yield lines;
    lines = [];
  }
  if (lines.length > 0) yield lines;
}

const newline = Uint8Array.of(0x0a);

async function deflate(lines: readonly Uint8Array[]): Promise<Uint8Array> {
  const stream = new Blob(lines.map((line) => Uint8Array.from(line))).stream().pipeThrough(new CompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/** The line as far as its second blank. */
function keyOf(line: Uint8Array | undefined): string {
  return new TextDecoder().decode(line).split(" ", 2).join(" ");
}
