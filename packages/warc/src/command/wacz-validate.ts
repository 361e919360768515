import { counted } from "../counted.ts";
import { validateWacz } from "../wacz/validate.ts";
import { exitOf } from "./check-file.ts";
import { type AddCommand, examples } from "./command.ts";
import type { ExitCode } from "./exit.ts";
import { findingLine } from "./finding-line.ts";
import { print } from "./output.ts";
import { eachWacz, waczFiles } from "./wacz-source.ts";

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
  const complete = await eachWacz(paths, async (file, path) => {
    for await (const finding of validateWacz(file, path)) {
      findings++;
      if (finding.severity === "error") errors++;
      await print(json ? JSON.stringify({ file: path, ...finding, record: null }) : findingLine(finding, path));
    }
  });
  await print(
    json
      ? JSON.stringify({ files: paths.length, findings, complete })
      : `${counted(paths.length, "file")}, ${counted(findings, "finding")}`,
  );
  return exitOf({ errors }, complete);
}
