import { WarcError } from "../error.ts";
import { locateFinding } from "../http/block-finding.ts";
import { openMessage } from "../http/message.ts";
import { messageKind } from "../http/message-kind.ts";
import { readRecords } from "../read/read-records.ts";
import { type AddCommand, examples } from "./command.ts";
import { type ExitCode, exit } from "./exit.ts";
import { findingLine } from "./finding-line.ts";
import { printBytes, say } from "./output.ts";
import { openSource } from "./source.ts";

export const addPayload: AddCommand = (program, ended) =>
  program
    .command("payload")
    .description("prints what one record holds: the body of its HTTP message with all codings removed, else its block")
    .argument("<file>", "FILE:OFFSET of the record or of its gzip member; without it the first record")
    .option("--raw", "the body as it was sent, with its chunks and codings")
    .addHelpText("after", examples("warc payload crawl.warc.gz:12321 > page.html", "warc payload --raw crawl.warc.gz:12321 | file -"))
    .action(async (path: string, options) => ended(await payload(path, options)));

/** `warc payload FILE:OFFSET`. */
async function payload(path: string, { raw = false }: { readonly raw?: boolean }): Promise<ExitCode> {
  await using source = await openSource(path);
  for await (const record of readRecords(source.input, { offset: source.offset })) {
    const kind = messageKind(record);
    const message = kind && (await openMessage(record.block, kind));
    const body = message ? (raw ? message.raw() : message.decoded()) : record.block;
    for await (const bytes of body) await printBytes(bytes);
    await record.end();
    const findings = [...record.findings, ...(message?.findings ?? []).map((finding) => locateFinding(finding, record))];
    for (const finding of findings) say(findingLine(finding, source.name));
    return findings.some(({ severity }) => severity === "error") ? exit.faulty : exit.sound;
  }
  const message = `Cannot print a payload: there is no record in ${source.name} from byte ${source.offset} on`;
  throw new WarcError("NO_RECORD", message, "List them with warc ls");
}
