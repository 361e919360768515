import type { Finding } from "../finding.ts";
import { openPayload } from "../http/payload.ts";
import { readLinks } from "../links/page-links.ts";
import { readRecords } from "../read/read-records.ts";
import { exitOf } from "./check-file.ts";
import { type AddCommand, examples, files } from "./command.ts";
import { eachFile, type FileWork, type ManyFiles, takesManyFiles } from "./each-file.ts";
import type { ExitCode } from "./exit.ts";
import { Errors } from "./finding-line.ts";
import { openSource } from "./source.ts";

export const addLinks: AddCommand = (program, ended) =>
  takesManyFiles(program.command("links"))
    .description("lists the links of HTTP headers, pages, style sheets, sitemaps, feeds and robots.txt")
    .argument("<files...>", files)
    .option("--json", "one object a link")
    .addHelpText("after", "\nA line is the URL of the document, where the link stands in it, and what it leads to, with tabs between them.")
    .addHelpText(
      "after",
      examples(
        "warc links crawl.warc.gz | cut -f 3 | sort -u",
        "warc links --json crawl.warc.gz | jq -r 'select(.from == \"a@href\").link'",
      ),
    )
    .action(async (paths: string[], options) => ended(await links(paths, options)));

interface Options {
  readonly json?: boolean;
}

/** `warc links`: a line, or an object, a link. */
async function links(paths: readonly string[], options: Options & ManyFiles): Promise<ExitCode> {
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
      const url = record.targetUri ?? "";
      if (payload)
        for await (const { from, url: link } of readLinks(payload, url))
          await output.print(
            json ? JSON.stringify({ file: source.name, offset: record.offset, url, from, link }) : `${url}\t${from}\t${link}`,
          );
      await errors.tell(output);
    }
    await errors.tell(output);
    return errors.count;
  },
};
