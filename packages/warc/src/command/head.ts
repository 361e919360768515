import { readRecords } from "../read/read-records.ts";
import { type AddCommand, count, examples, files } from "./command.ts";
import { tellUnreadable, tryFile } from "./each-file.ts";
import { type ExitCode, exit } from "./exit.ts";
import { expandOperands } from "./operands.ts";
import { flush, print, printBytes } from "./output.ts";
import { openSource } from "./source.ts";

export const addHead: AddCommand = (program, ended) =>
  program
    .command("head")
    .description("prints the headers of the first records")
    .argument("<files...>", files)
    .option("-n, --count <number>", "how many records a file", count, 10)
    .addHelpText("after", examples("warc head -n 3 crawl.warc.gz", "warc head crawl.warc.gz:12321"))
    .action(async (paths: string[], options) => ended(await head(paths, options)));

/** `warc head`: the headers of the first records, each under where it is. */
async function head(paths: readonly string[], { count }: { readonly count: number }): Promise<ExitCode> {
  let areAllRead = true;
  for (const path of await expandOperands(paths)) {
    const outcome = await tryFile(() => printHeads(path, count), path);
    if (outcome.kind === "done") continue;
    tellUnreadable(outcome.error);
    areAllRead = false;
  }
  return areAllRead ? exit.sound : exit.usage;
}

async function printHeads(path: string, count: number): Promise<void> {
  await using source = await openSource(path);
  for await (const record of readRecords(source.input, { offset: source.offset })) {
    await print(`==> ${source.name}:${record.offset} <==`);
    await flush();
    await printBytes(record.head);
    if (record.number === count - 1) return;
  }
}
