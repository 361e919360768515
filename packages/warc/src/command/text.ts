import type { Finding } from "../finding.ts";
import { openPayload } from "../http/payload.ts";
import { readRecords } from "../read/read-records.ts";
import { openPageText, type PageText } from "../text/page-text.ts";
import { exitOf } from "./check-file.ts";
import { type AddCommand, examples, files } from "./command.ts";
import { eachFile, type FileWork, type ManyFiles, takesManyFiles } from "./each-file.ts";
import type { ExitCode } from "./exit.ts";
import { Errors } from "./finding-line.ts";
import { openSource } from "./source.ts";

/** Characters of an object. */
const longestText = 1 << 22;

export const addText: AddCommand = (program, ended) =>
  takesManyFiles(program.command("text"))
    .description("prints what a reader sees of pages: HTML, XHTML and plain text")
    .argument("<files...>", files)
    .option("--json", `one object a page, with its title and encoding, and no more than ${longestText} characters of text`)
    .addHelpText(
      "after",
      examples("warc text crawl.warc.gz", "warc text --json '*.warc.gz' | jq -r .title", "warc text crawl.warc.gz:12321 | head"),
    )
    .action(async (paths: string[], options) => ended(await text(paths, options)));

interface Options {
  readonly json?: boolean;
}

/** `warc text`: the lines of each page under where it is, or an object a page. */
async function text(paths: readonly string[], options: Options & ManyFiles): Promise<ExitCode> {
  let errors = 0;
  const areAllRead = await eachFile(work, paths, options, (found) => (errors += found));
  return exitOf({ errors }, areAllRead);
}

/** Answers how many findings of severity error there were. */
export const work: FileWork<Options, number> = {
  module: import.meta.url,
  async run(argument, { json = false }, output) {
    await using source = await openSource(argument, output.passed.bind(output));
    const errors = new Errors();
    const report = (finding: Finding) => errors.add(source.name, finding);
    for await (const record of readRecords(source.input, { offset: source.offset, report })) {
      const payload = await openPayload(record);
      const page = payload && (await openPageText(payload));
      if (page && json) {
        const { offset, targetUri, date } = record;
        await output.print(JSON.stringify({ file: source.name, offset, url: targetUri, date, ...(await gather(page)) }));
      } else if (page) {
        await output.print(`==> ${source.name}:${record.offset} ${record.targetUri ?? "-"} <==`);
        for await (const line of page.lines) await output.print(line);
      }
      await errors.tell(output);
    }
    await errors.tell(output);
    return errors.count;
  },
};

async function gather(page: PageText): Promise<{ charset: string; title: string; text: string; cut: boolean }> {
  const lines: string[] = [];
  let length = 0;
  for await (const line of page.lines) {
    lines.push(line);
    length += line.length + 1;
    if (length > longestText) break;
  }
  const text = lines.join("\n");
  return { charset: page.charset, title: page.title, text: text.slice(0, longestText), cut: text.length > longestText };
}
