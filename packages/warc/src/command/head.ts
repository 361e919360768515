import { readRecords } from "../read/read-records.ts";
import { type ExitCode, exit } from "./exit.ts";
import { flush, print, printBytes } from "./output.ts";
import { openSource } from "./source.ts";

/** `warc head`: the headers of the first records, each under where it is. */
export async function head(paths: readonly string[], { count }: { readonly count: number }): Promise<ExitCode> {
  for (const path of paths) {
    await using source = await openSource(path);
    for await (const record of readRecords(source.input, { offset: source.offset })) {
      await print(`==> ${source.name}:${record.offset} <==`);
      await flush();
      await printBytes(record.head);
      if (record.number === count - 1) break;
    }
  }
  return exit.sound;
}
