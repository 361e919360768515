import { Wacz } from "../wacz/wacz.ts";
import { deflate, store } from "../zip/entry.ts";
import { exitOf } from "./check-file.ts";
import { type AddCommand, examples } from "./command.ts";
import type { ExitCode } from "./exit.ts";
import { findingLine } from "./finding-line.ts";
import { print, say } from "./output.ts";
import { eachWacz, waczFiles } from "./wacz-source.ts";

export const addWaczLs: AddCommand = (program, ended) =>
  program
    .command("ls")
    .description("lists the files in WACZ files, or their pages")
    .argument("<files...>", waczFiles)
    .option("--pages", "the pages instead of the files")
    .option("--json", "one object a file or page")
    .addHelpText("after", examples("warc wacz ls site.wacz", "warc wacz ls --pages --json https://example.com/site.wacz"))
    .action(async (paths: string[], options) => ended(await ls(paths, options)));

async function ls(paths: readonly string[], options: { readonly pages?: boolean; readonly json?: boolean }): Promise<ExitCode> {
  let errors = 0;
  const areAllRead = await eachWacz(paths, async (file, path) => {
    const wacz = await Wacz.open(file);
    for (const finding of wacz.zip.findings) say(findingLine(finding, path));
    errors += wacz.zip.findings.length;
    await (options.pages ? listPages(path, wacz, options.json) : listFiles(path, wacz, options.json));
  });
  return exitOf({ errors }, areAllRead);
}

const packings: Readonly<Record<number, string>> = { [store]: "store", [deflate]: "deflate" };

async function listFiles(file: string, { zip }: Wacz, json = false): Promise<void> {
  for (const { name, offset, size, packedSize, method } of zip.entries.values()) {
    const packing = packings[method] ?? `method ${method}`;
    await print(
      json ? JSON.stringify({ file, path: name, offset, bytes: size, packedBytes: packedSize, packing }) : `${name}\t${size}\t${packing}`,
    );
  }
}

async function listPages(file: string, wacz: Wacz, json = false): Promise<void> {
  for await (const page of wacz.pages())
    await print(json ? JSON.stringify({ file, ...page }) : `${page.ts}\t${page.url}\t${page.title ?? ""}`);
}
