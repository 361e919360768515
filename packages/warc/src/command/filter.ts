import { open } from "node:fs/promises";
import { join } from "node:path";
import v8 from "node:v8";
import { packingOf } from "../change/packing-of.ts";
import { type Expression, parseFilter } from "../filter/expression.ts";
import { longestValue, needsHttp, passes } from "../filter/passes.ts";
import type { Finding } from "../finding.ts";
import { openMessage } from "../http/message.ts";
import { messageKind } from "../http/message-kind.ts";
import type { ArchiveRecord } from "../read/record.ts";
import { type Packing, startOfFile } from "../write/pack-record.ts";
import { exitOf } from "./check-file.ts";
import { type AddCommand, examples, files } from "./command.ts";
import { type Choose, copyChosen } from "./copy-chosen.ts";
import { tellUnreadable, tryFile } from "./each-file.ts";
import type { ExitCode } from "./exit.ts";
import { findingLine } from "./finding-line.ts";
import { makeFile } from "./new-file.ts";
import { expandOperands } from "./operands.ts";
import { print, printBytes, printInto, say } from "./output.ts";
import { openStored } from "./stored-source.ts";

export const addFilter: AddCommand = (program, ended) =>
  program
    .command("filter")
    .description("writes the records that pass a filter, as they are stored")
    .argument("<filter>", "see below")
    .argument("<files...>", files)
    .option("-v, --invert", "writes those that do not pass")
    .option("-c, --count", "prints how many there are in each file instead")
    .option("--json", "with --count, one object a file")
    .option("-o, --output <file>", "writes there, whole or not at all")
    .option("--force", "replaces what is there")
    .addHelpText("after", explanation)
    .addHelpText(
      "after",
      examples(
        "warc filter 'warc-type == \"response\" && :status == 200' crawl.warc.gz > ok.warc.gz",
        "warc filter 'http:content-type =~ \"image/.*\" && :length > 100000' -o images.warc.gz '*.warc.gz'",
        "warc filter --count '!(warc-target-uri =~ \"https://.*\")' crawl.warc.gz",
      ),
    )
    .action(async (filter: string, paths: string[], options) => ended(await select(filter, paths, options)));

const explanation = `
A filter compares fields of the record's header (warc-type, warc-target-uri …), of its HTTP message (http:NAME), or :status, :method, :mime and
:length, by == != with a "text" or a number, < <= > >= with a number, =~ !~ with a "regular expression" that has to fit the whole value.
! before && before ||, and parentheses. Of a value, ${longestValue} characters are tried on an expression; one that would take for ever is
given up for another way to try, unless it has back references or looks around itself.
What is packed like the first file is copied byte by byte, unless a gzip member holds other records too. A record that is cut is left out,
unless it fills a member. Standard input goes to the disk first.`;

interface Options {
  readonly invert?: boolean;
  readonly count?: boolean;
  readonly json?: boolean;
  readonly output?: string;
  readonly force?: boolean;
}

/** `warc filter EXPRESSION FILE…`. */
async function select(filter: string, paths: readonly string[], options: Options): Promise<ExitCode> {
  // Values are from strangers, and V8 goes back over them without end where a pattern lets it; with this it begins again with an engine
  // whose time is linear.
  v8.setFlagsFromString("--enable-experimental-regexp-engine-on-excessive-backtracks");
  const expression = parseFilter(filter);
  const isChosen = async (record: ArchiveRecord) => (await isPassing(expression, record)) !== (options.invert ?? false);
  const run = () => selectFrom(paths, isChosen, options);
  const { output } = options;
  if (output === undefined || options.count) return run();
  let code: ExitCode = 0;
  await makeFile(output, options.force ?? false, async (folder) => {
    const selected = join(folder, "selected");
    await using file = await open(selected, "wx");
    code = await printInto((bytes) => file.writeFile(bytes), run);
    return selected;
  });
  return code;
}

async function isPassing(expression: Expression, record: ArchiveRecord): Promise<boolean> {
  const kind = needsHttp(expression) ? messageKind(record) : undefined;
  const message = kind && (await openMessage(record.block, kind));
  return passes(expression, record, message?.head);
}

async function selectFrom(paths: readonly string[], choose: Choose, options: Options): Promise<ExitCode> {
  let errors = 0;
  let areAllRead = true;
  let to: Packing | undefined;
  for (const path of await expandOperands(paths)) {
    const outcome = await tryFile(async () => {
      await using source = await openStored(path);
      const { name, input, offset } = source;
      const from = await packingOf(input);
      if (to === undefined && !options.count) await printBytes(startOfFile(from));
      to ??= from;
      const report = (finding: Finding) => {
        if (finding.severity !== "error") return;
        errors++;
        say(findingLine(finding, name));
      };
      const found = await copyChosen(input, choose, { offset, from, to, report, write: options.count ? undefined : printBytes });
      return { file: name, ...found };
    }, path);
    if (outcome.kind === "done") {
      if (options.count) await print(options.json ? JSON.stringify(outcome.result) : `${outcome.result.chosen}\t${outcome.result.file}`);
    } else {
      tellUnreadable(outcome.error);
      areAllRead = false;
    }
  }
  return exitOf({ errors }, areAllRead);
}
