import { createReadStream, existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { readLines } from "../cdx/lines.ts";
import { WarcError } from "../error.ts";
import type { CreateOptions } from "../wacz/create.ts";
import { createWaczFile } from "../wacz/node/wacz-file.ts";
import { isDateTime, type Page, parseObject, parsePage } from "../wacz/page.ts";
import { importSigningKey } from "../wacz/signature/sign.ts";
import { type AddCommand, examples } from "./command.ts";
import { type ExitCode, exit } from "./exit.ts";
import { findingLine } from "./finding-line.ts";
import { print, say } from "./output.ts";

interface Options {
  readonly output: string;
  readonly title?: string;
  readonly desc?: string;
  readonly url?: string;
  readonly ts?: string;
  readonly pages?: string;
  readonly extraPages?: string;
  readonly date?: string;
  readonly key?: string;
  readonly force?: boolean;
  readonly json?: boolean;
}

export const addWaczCreate: AddCommand = (program, ended) =>
  program
    .command("create")
    .description("puts WARC files into a WACZ file, with an index and a list of pages")
    .argument("<files...>", "WARC files, each record packed alone or not at all")
    .requiredOption("-o, --output <file>", "the file to make, NAME.wacz")
    .option("--title <text>", "of the collection")
    .option("--desc <text>", "what it holds, in Markdown")
    .option("--url <url>", "the page that is shown first")
    .option("--ts <time>", "the time of its capture, as RFC 3339 has it; the first one without it")
    .option("--pages <file>", "the list of pages, a JSON object with url and ts a line; without it every HTML page answered with 200")
    .option("--extra-pages <file>", "a second list of pages")
    .option("--date <time>", "when the file is made: with the same one the same files give the same bytes; now without it")
    .option("--key <file>", "signs it with this key of ECDSA, PKCS #8 in PEM")
    .option("--force", "replaces a file that is there")
    .option("--json", "the counts as an object")
    .addHelpText(
      "after",
      examples(
        "warc wacz create -o site.wacz --title 'My site' crawl-*.warc.gz",
        "warc wacz create -o site.wacz --url https://example.com/ --key key.pem crawl.warc.gz",
      ),
    )
    .action(async (paths: string[], options: Options) => ended(await create(paths, options)));

async function create(paths: readonly string[], options: Options): Promise<ExitCode> {
  const { output, json } = options;
  checkOutput(output, options.force ?? false);
  let code: ExitCode = exit.sound;
  const created = await createWaczFile(paths, output, {
    ...(await readOptions(options)),
    report: (finding, file) => {
      if (finding.severity !== "error") return;
      code = exit.faulty;
      say(findingLine(finding, file));
    },
  });
  await print(
    json
      ? JSON.stringify({ file: output, ...created })
      : `${output}: ${paths.length} archives, ${created.captures} captures, ${created.pages} pages`,
  );
  return code;
}

/** Throws where the file may not be made, before hours are spent on it. */
export function checkOutput(output: string, force: boolean): void {
  if (!output.toLowerCase().endsWith(".wacz"))
    throw new WarcError("NOT_A_WACZ_NAME", `Cannot make ${output}: the name of a WACZ file ends with .wacz`, "Name it so");
  if (existsSync(output) && !force)
    throw new WarcError(
      "FILE_EXISTS",
      `Cannot make ${output}: there is a file of that name`,
      "Choose another name, or overwrite it with --force",
    );
}

async function readOptions({ title, desc, url, ts, pages, extraPages, date, key }: Options): Promise<CreateOptions> {
  if (ts !== undefined) checkTime(ts);
  return {
    created: new Date(date === undefined ? Date.now() : checkTime(date)),
    ...(title && { title }),
    ...(desc && { description: desc }),
    ...(url && { mainPage: ts === undefined ? { url } : { url, ts } }),
    ...(pages && { pages: readPages(pages) }),
    ...(extraPages && { extraPages: readPages(extraPages) }),
    ...(key && { key: await importSigningKey(await readFile(key, "utf8")) }),
  };
}

function checkTime(text: string): string {
  if (isDateTime(text)) return text;
  throw new WarcError("BAD_TIME", `Cannot take ${JSON.stringify(text)} for a time`, "Give it as in 2026-01-31T12:00:00Z");
}

async function* readPages(path: string): AsyncGenerator<Page, void> {
  for await (const { bytes, number } of readLines(createReadStream(path))) {
    const text = new TextDecoder().decode(bytes);
    if (text.trim() === "" || parseObject(text)?.["format"] !== undefined) continue;
    const page = parsePage(text);
    if (typeof page === "string")
      throw new WarcError("BAD_PAGE", `Cannot take line ${number} of ${path} for a page: it is ${page}`, 'Write {"url": …, "ts": …} in it');
    yield page;
  }
}
