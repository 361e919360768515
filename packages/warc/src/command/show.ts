import { WarcError } from "../error.ts";
import { readRecords } from "../read/read-records.ts";
import { type ExitCode, exit } from "./exit.ts";
import { findingLine } from "./finding-line.ts";
import { printBytes, say } from "./output.ts";
import { openSource } from "./source.ts";

/** `warc show FILE:OFFSET`: the bytes of one record, header and block. */
export async function show(path: string): Promise<ExitCode> {
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
