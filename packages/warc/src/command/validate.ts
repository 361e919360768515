import { checkFiles } from "./check-files.ts";
import { type AddCommand, examples, files } from "./command.ts";
import type { ExitCode } from "./exit.ts";
import { findingLine } from "./finding-line.ts";
import { print } from "./output.ts";

export const addValidate: AddCommand = (program, ended) =>
  program
    .command("validate")
    .description("lists what does not keep to the standard")
    .argument("<files...>", files)
    .option("--json", "one object a finding, then one with the counts")
    .addHelpText("after", examples("warc validate crawl.warc.gz", "warc validate --json *.warc && upload"))
    .action(async (paths: string[], options) => ended(await validate(paths, options)));

/** `warc validate`: a line, or an object, a finding, and then how many there are. */
async function validate(paths: readonly string[], { json }: { readonly json?: boolean }): Promise<ExitCode> {
  const { code, records, findings, complete } = await checkFiles(paths, {
    finding: (finding, file) =>
      print(json ? JSON.stringify({ file, ...finding, record: finding.record ?? null }) : findingLine(finding, file)),
  });
  const lost = complete ? "" : "; something was lost or could not be read";
  await print(json ? JSON.stringify({ records, findings, complete }) : `${records} records, ${findings} findings${lost}`);
  return code;
}
