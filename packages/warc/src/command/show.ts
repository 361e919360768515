import { WarcError } from "../error.ts";
import { readRecords } from "../read/read-records.ts";
import { type AddCommand, examples } from "./command.ts";
import { type ExitCode, exit } from "./exit.ts";
import { findingLine } from "./finding-line.ts";
import { printBytes, say } from "./output.ts";
import { openSource } from "./source.ts";

export const addShow: AddCommand = (program, ended) =>
  program
    .command("show")
    .description("prints one record as it is in the file, header and block")
    .argument("<file>", "FILE:OFFSET of the record or of its gzip member; without it the first record")
    .addHelpText("after", examples("warc show crawl.warc.gz", "warc show crawl.warc.gz:12321"))
    .action(async (path: string) => ended(await show(path)));

/** `warc show FILE:OFFSET`: the bytes of one record, header and block. */
async function show(path: string): Promise<ExitCode> {
  await using source = await openSource(path);
  for await (const record of readRecords(source.input, { offset: source.offset })) {
    await printBytes(record.head);
    for await (const bytes of record.block) await printBytes(bytes);
    await record.end();
    for (const finding of record.findings) say(findingLine(finding, source.name));
    return record.findings.some(({ severity }) => severity === "error") ? exit.faulty : exit.sound;
  }
  throw new WarcError(
    "NO_RECORD",
    `Cannot show a record: there is none in ${source.name} from byte ${source.offset} on`,
    "List them with warc ls",
  );
}
