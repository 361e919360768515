import { counted } from "../counted.ts";
import type { Finding } from "../finding.ts";
import { addTallies, checkFile, emptyTally, exitOf, type Tally } from "./check-file.ts";
import { type AddCommand, examples, files } from "./command.ts";
import { eachFile, type FileWork, type ManyFiles, takesManyFiles } from "./each-file.ts";
import type { ExitCode } from "./exit.ts";
import { findingLine } from "./finding-line.ts";
import { print } from "./output.ts";

export const addValidate: AddCommand = (program, ended) =>
  takesManyFiles(program.command("validate"))
    .description("lists what does not keep to the standard")
    .argument("<files...>", files)
    .option("--json", "one object a finding, then one with the counts")
    .addHelpText("after", examples("warc validate crawl.warc.gz", "warc validate --json '*.warc' && upload"))
    .action(async (paths: string[], options) => ended(await validate(paths, options)));

interface Options {
  readonly json?: boolean;
}

/** `warc validate`: a line, or an object, a finding, and then how many there are. */
async function validate(paths: readonly string[], options: Options & ManyFiles): Promise<ExitCode> {
  let tally = emptyTally;
  const areAllRead = await eachFile(work, paths, options, (found) => (tally = addTallies(tally, found)));
  const { records, findings } = tally;
  const complete = tally.complete && areAllRead;
  const lost = complete ? "" : "; something was lost or could not be read";
  await print(
    options.json
      ? JSON.stringify({ records, findings, complete })
      : `${counted(records, "record")}, ${counted(findings, "finding")}${lost}`,
  );
  return exitOf(tally, areAllRead);
}

export const work: FileWork<Options, Tally> = {
  module: import.meta.url,
  run: (file, { json }, output) => checkFile(file, { finding: (finding, file) => output.print(told(finding, file, json)) }, output),
};

function told(finding: Finding, file: string, json = false): string {
  return json ? JSON.stringify({ file, ...finding, record: finding.record ?? null }) : findingLine(finding, file);
}
