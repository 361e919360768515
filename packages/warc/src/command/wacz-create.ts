import { createReadStream } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { readLines } from "../cdx/lines.ts";
import { counted } from "../counted.ts";
import { WarcError } from "../error.ts";
import type { Finding } from "../finding.ts";
import type { CreateOptions } from "../wacz/create.ts";
import { writeWacz } from "../wacz/node/wacz-file.ts";
import { isDateTime, type Page, parseObject, parsePage } from "../wacz/page.ts";
import { importSigningKey } from "../wacz/signature/sign.ts";
import { exitOf } from "./check-file.ts";
import { type AddCommand, examples } from "./command.ts";
import type { ExitCode } from "./exit.ts";
import { Errors } from "./finding-line.ts";
import { makeFile } from "./new-file.ts";
import { expandOperands } from "./operands.ts";
import { print, say } from "./output.ts";

interface Options {
  readonly output: string;
  readonly title?: string;
  readonly desc?: string;
  readonly url?: string;
  readonly ts?: string;
  readonly pages?: string;
  readonly text?: boolean;
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
    .option("--text", "lists the pages with their text, for players to search in")
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
  const { output, force = false, json } = options;
  checkName(output);
  const archives = await expandOperands(paths);
  const errors = new Errors();
  const settings = { ...(await readOptions(options)), report: (finding: Finding, file: string) => errors.add(file, finding) };
  let told = "";
  await makeFile(output, force, async (folder) => {
    const made = join(folder, "made.wacz");
    const created = await writeWacz(archives, made, folder, settings);
    const { captures, pages } = created;
    const counts = `${counted(archives.length, "archive")}, ${counted(captures, "capture")}, ${counted(pages, "page")}`;
    told = json ? JSON.stringify({ file: output, ...created }) : `${output}: ${counts}`;
    return made;
  });
  await errors.tell({ say: async (line) => say(line) });
  await print(told);
  return exitOf({ errors: errors.count }, true);
}

/** Players take a file for a WACZ file by its name. */
export function checkName(output: string): void {
  if (output.toLowerCase().endsWith(".wacz")) return;
  throw new WarcError("NOT_A_WACZ_NAME", `Cannot make ${output}: the name of a WACZ file ends with .wacz`, "Name it so");
}

async function readOptions({ title, desc, url, ts, pages, text, extraPages, date, key }: Options): Promise<CreateOptions> {
  if (ts !== undefined) checkTime(ts);
  return {
    created: new Date(date === undefined ? Date.now() : checkTime(date)),
    ...(title && { title }),
    ...(desc && { description: desc }),
    ...(url && { mainPage: ts === undefined ? { url } : { url, ts } }),
    ...(text && { text }),
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
