import { addTallies, type Checked, checkFile, emptyTally, exitOf, type Tally } from "./check-file.ts";
import { type AddCommand, examples, files } from "./command.ts";
import { eachFile, type FileWork, type ManyFiles, takesManyFiles } from "./each-file.ts";
import type { ExitCode } from "./exit.ts";
import { findingLine } from "./finding-line.ts";

export const addLs: AddCommand = (program, ended) =>
  takesManyFiles(program.command("ls"))
    .description("lists the records")
    .argument("<files...>", files)
    .option("--json", "one object a record")
    .addHelpText("after", examples("warc ls crawl.warc.gz", "warc ls --json '*.warc.gz' | jq -r .targetUri", "curl -s $URL | warc ls -"))
    .action(async (paths: string[], options) => ended(await ls(paths, options)));

interface Options {
  readonly json?: boolean;
}

/** `warc ls`: a line, or an object, a record; findings are talk. */
async function ls(paths: readonly string[], options: Options & ManyFiles): Promise<ExitCode> {
  let tally = emptyTally;
  const areAllRead = await eachFile(work, paths, options, (found) => (tally = addTallies(tally, found)));
  return exitOf(tally, areAllRead);
}

export const work: FileWork<Options, Tally> = {
  module: import.meta.url,
  run: (file, { json }, output) =>
    checkFile(
      file,
      {
        record: (checked) => output.print(json ? JSON.stringify(listing(checked)) : line(checked)),
        finding: async (finding, file) => {
          // `warc validate` lists them all.
          if (finding.severity === "error") await output.say(findingLine(finding, file));
        },
      },
      output,
    ),
};

/** The shape is frozen: fields may come, none goes or changes. */
function listing({ file, record, extent, verdicts }: Checked): Readonly<Record<string, unknown>> {
  const { number, format, version, type, targetUri, id, date, contentType, contentLength } = record;
  return {
    file,
    record: number,
    offset: record.offset,
    length: extent.length ?? null,
    plainOffset: record.plainOffset,
    plainLength: extent.plainLength,
    format,
    version,
    type: type ?? null,
    targetUri: targetUri ?? null,
    recordId: id ?? null,
    date: date ?? null,
    contentType: contentType ?? null,
    contentLength: contentLength ?? null,
    blockDigest: verdicts.block,
    payloadDigest: verdicts.payload,
    payloadConvention: verdicts.convention ?? null,
    truncated: record.fields.get("WARC-Truncated") ?? null,
  };
}

function line({ file, record, extent }: Checked): string {
  const fields = [
    `${file}:${record.offset}`,
    extent.length ?? "-",
    record.type ?? "-",
    record.date ?? "-",
    record.contentType ?? "-",
    record.targetUri ?? "-",
  ];
  return fields.join("\t");
}
