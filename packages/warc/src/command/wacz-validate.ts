import { basename } from "node:path";
import { validateWacz } from "../wacz/validate.ts";
import { type AddCommand, examples } from "./command.ts";
import { type ExitCode, exit } from "./exit.ts";
import { findingLine } from "./finding-line.ts";
import { print, say } from "./output.ts";
import { openWaczSource, waczFiles } from "./wacz-source.ts";

export const addWaczValidate: AddCommand = (program, ended) =>
  program
    .command("validate")
    .description("lists what does not keep to the specification of WACZ, and checks all hashes")
    .argument("<files...>", waczFiles)
    .option("--json", "one object a finding, then one with the counts")
    .addHelpText("after", examples("warc wacz validate site.wacz", "warc wacz validate --json *.wacz"))
    .action(async (paths: string[], options) => ended(await validate(paths, options)));

async function validate(paths: readonly string[], { json }: { readonly json?: boolean }): Promise<ExitCode> {
  let findings = 0;
  let errors = 0;
  for (const path of paths) {
    await using source = await openWaczSource(path);
    if (!/\.wacz(\?|#|$)/i.test(basename(path))) say(`${path}: the name of a WACZ file has to end with .wacz`);
    for await (const finding of validateWacz(source)) {
      findings++;
      if (finding.severity === "error") errors++;
      await print(json ? JSON.stringify({ file: path, ...finding, record: null }) : findingLine(finding, path));
    }
  }
  await print(
    json ? JSON.stringify({ files: paths.length, findings, errors }) : `${paths.length} files, ${findings} findings, ${errors} errors`,
  );
  return errors > 0 ? exit.faulty : exit.sound;
}
