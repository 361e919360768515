import { createReadStream } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readLines } from "../cdx/lines.ts";
import { sortIndex } from "../cdx/node/sort.ts";
import type { Finding } from "../finding.ts";
import { type AddCommand, examples } from "./command.ts";
import { type Change, compareSummaries } from "./compare-summaries.ts";
import { type ExitCode, exit } from "./exit.ts";
import { findingLine } from "./finding-line.ts";
import { removeOnInterrupt } from "./new-file.ts";
import { print, say } from "./output.ts";
import { openSource } from "./source.ts";
import { type By, type Summary, summarise } from "./summarise.ts";

export const addDiff: AddCommand = (program, ended) =>
  program
    .command("diff")
    .description("compares the records of two archives, however they are packed and in whatever order")
    .argument("<a>", "an archive")
    .argument("<b>", "another one")
    .option("--by-url", "takes records of the same URL, time and type for the same, and not those of the same WARC-Record-ID")
    .option("--json", "one object a difference")
    .addHelpText(
      "after",
      "\nExit codes: 0 no difference · 1 they differ, or something of severity error was found · 2 wrong usage, or a file that cannot be read",
    )
    .addHelpText("after", examples("warc diff crawl.warc crawl.warc.gz", "warc diff --by-url crawl.arc.gz converted.warc.gz"))
    .action(async (a: string, b: string, options) => ended(await diff(a, b, options)));

/** `warc diff A B`: a line, or an object, a difference, in the order of the records' keys. */
async function diff(
  a: string,
  b: string,
  { byUrl = false, json = false }: { readonly byUrl?: boolean; readonly json?: boolean },
): Promise<ExitCode> {
  const folder = await mkdtemp(join(tmpdir(), "warc-diff-"));
  using _ = removeOnInterrupt(folder);
  try {
    const by = byUrl ? "url" : "id";
    const before = await sortSummaries(a, by, folder, "a");
    const after = await sortSummaries(b, by, folder, "b");
    let count = 0;
    for await (const change of compareSummaries(linesOf(before.path), linesOf(after.path))) {
      count++;
      await print(json ? JSON.stringify(withoutKey(change, a, b)) : line(change, a, b));
    }
    return count > 0 || before.errors > 0 || after.errors > 0 ? exit.faulty : exit.sound;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** On the disk: a list of a million records would fill the memory. */
async function sortSummaries(
  argument: string,
  by: By,
  folder: string,
  name: string,
): Promise<{ readonly path: string; readonly errors: number }> {
  let errors = 0;
  await using source = await openSource(argument);
  const report = (finding: Finding) => {
    if (finding.severity !== "error") return;
    errors++;
    say(findingLine(finding, source.name));
  };
  const lines = summarise(source.input, { offset: source.offset, by, report });
  const path = join(folder, name);
  await sortIndex([{ name: argument, bytes: encoded(lines) }], path);
  return { path, errors };
}

async function* encoded(lines: AsyncIterable<string>): AsyncGenerator<Uint8Array> {
  for await (const line of lines) yield Buffer.from(`${line}\n`);
}

async function* linesOf(path: string): AsyncGenerator<string> {
  for await (const { bytes } of readLines(createReadStream(path))) yield Buffer.from(bytes).toString();
}

function line(change: Change, a: string, b: string): string {
  const shown = ({ offset, type, url }: Summary, file: string) => `${file}:${offset}\t${type}\t${url}`;
  if (change.kind === "changed") return `~\t${shown(change.before, a)}\t${b}:${change.after.offset}\t${change.what.join(",")}`;
  return change.kind === "removed" ? `-\t${shown(change.record, a)}` : `+\t${shown(change.record, b)}`;
}

function withoutKey(change: Change, a: string, b: string): Readonly<Record<string, unknown>> {
  if (change.kind === "changed") {
    const { type, url } = change.before;
    return {
      kind: change.kind,
      type,
      url,
      a: { file: a, offset: change.before.offset },
      b: { file: b, offset: change.after.offset },
      what: change.what,
    };
  }
  const { offset, type, url } = change.record;
  return { kind: change.kind, type, url, [change.kind === "removed" ? "a" : "b"]: { file: change.kind === "removed" ? a : b, offset } };
}
