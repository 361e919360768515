import type { Input } from "./input.ts";
import type { ReportFault } from "./piece.ts";
import { unpack } from "./unpack.ts";

/** The plain bytes of a file that may be packed, without their places. */
export async function* unpackBytes(input: Input, report: ReportFault = () => undefined): AsyncGenerator<Uint8Array, void> {
  for await (const pieces of unpack(input, 0, report)) for (const { bytes } of pieces) yield bytes;
}
