import { compareBytes } from "../cdx/byte-order.ts";

/** Keeps lines until all are there. */
export interface Spool {
  /** Keeps a line, given without its line end. */
  add(line: string): Promise<void>;
  /** All lines with their line ends, as UTF-8. */
  read(): AsyncIterable<Uint8Array>;
}

/** In which order a spool gives its lines: as they came, or by their bytes as an index is sorted. */
export type SpoolOrder = "as-added" | "sorted";

/** A spool in memory, for collections that fit in there. */
export function memorySpool(order: SpoolOrder): Spool {
  const lines: Uint8Array[] = [];
  return {
    async add(line) {
      lines.push(encoder.encode(`${line}\n`));
    },
    async *read() {
      yield* order === "sorted" ? lines.toSorted(compareBytes) : lines;
    },
  };
}

const encoder = new TextEncoder();
