import { stat } from "node:fs/promises";
import { Option } from "commander";
import { counted } from "../counted.ts";
import { openBloomStore } from "../dedupe/node/bloom-store.ts";
import { dedupe } from "../dedupe/node/dedupe.ts";
import type { Seen } from "../dedupe/seen.ts";
import { seenAtServer } from "../dedupe/seen-at-server.ts";
import { seenInIndex } from "../dedupe/seen-in-index.ts";
import { WarcError } from "../error.ts";
import { type AddCommand, count, examples } from "./command.ts";
import { type ExitCode, exit } from "./exit.ts";
import { openIndex } from "./open-index.ts";
import { expandOperands } from "./operands.ts";
import { print, say } from "./output.ts";
import { outputArchive } from "./output-archive.ts";
import { size, startProgress } from "./progress.ts";
import { makeScratchFolder } from "./scratch-folder.ts";
import { storeInput } from "./stored-source.ts";

interface DedupeFlags {
  readonly output: string;
  readonly index?: string;
  readonly cdxServer?: string;
  readonly bloom?: string;
  readonly falsePositives: number;
  readonly minimumSize: number;
  readonly force?: boolean;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

export const addDedupe: AddCommand = (program, ended) =>
  program
    .command("dedupe")
    .description("copies archives into one, with revisits instead of what is stored already")
    .argument("<files...>", "paths of WARC files, patterns such as '*.warc.gz', or - for standard input; each is read twice")
    .requiredOption("-o, --output <file>", "to be made; .warc.gz, .warc.zst or .warc")
    .addOption(new Option("--index <index>", "a sorted CDX or CDXJ index of earlier archives").conflicts(["cdxServer", "bloom"]))
    .addOption(
      new Option("--cdx-server <url>", "of earlier archives, asked with ?url=; what it does not answer to is kept").conflicts("bloom"),
    )
    .option("--bloom <file>", "payloads of earlier archives, FILE and FILE.cdxj; made, and added to")
    .option("--false-positives <rate>", "of the filter in it, which costs a look at the other file each", rate, 0.001)
    .option("--minimum-size <bytes>", "of payloads that become revisits", count, 256)
    .option("--force", "overwrites the file")
    .option("--json", "one object that says what was done")
    .option("-q, --quiet", "no progress, which is shown on terminals only")
    .addHelpText(
      "after",
      examples(
        "warc dedupe -o small.warc.gz crawl-*.warc.gz",
        "warc dedupe -o small.warc.gz --index earlier.cdxj crawl.warc.gz",
        "warc dedupe -o small.warc.gz --bloom seen.bloom crawl.warc.gz",
      ),
    )
    .action(async (paths: string[], flags: DedupeFlags) => ended(await runDedupe(paths, flags)));

async function runDedupe(operands: readonly string[], flags: DedupeFlags): Promise<ExitCode> {
  await using scratch = await makeScratchFolder();
  const files: string[] = [];
  for (const path of await expandOperands(operands)) files.push(path === "-" ? await storeInput(scratch.path) : path);
  let total = 0;
  for (const path of files) total += 2 * (await stat(path)).size;
  await using index = flags.index === undefined ? undefined : await openIndex(flags.index);
  await using store = flags.bloom === undefined ? undefined : await openBloomStore(flags.bloom, flags.falsePositives);
  await using output = outputArchive(flags.output, flags.force === true);
  using progress = startProgress(total, flags.quiet === true);
  const { records, revisits, saved } = await dedupe(files, output.writer, {
    folder: scratch.path,
    minimumSize: flags.minimumSize,
    seen: store ?? (index ? seenInIndex(index) : atServer(flags.cdxServer)),
    store,
    passed: progress.passed,
  });
  await print(
    flags.json
      ? JSON.stringify({ records, revisits, saved })
      : `${counted(records, "record")}, ${revisits} of them made revisits, which saves ${size(saved)} unpacked`,
  );
  return exit.sound;
}

function atServer(text: string | undefined): Seen | undefined {
  if (text === undefined) return undefined;
  const url = URL.parse(text);
  if (url && /^https?:$/.test(url.protocol)) return seenAtServer(url, { timeout: 10_000, warn: say });
  throw new WarcError(
    "BAD_URL",
    `Cannot ask the CDX server ${JSON.stringify(text)}: it is no URL of http or https`,
    "Give it in full, as http://localhost:8080/cdx",
  );
}

function rate(text: string): number {
  const number = Number(text);
  if (number > 0 && number < 1) return number;
  throw new WarcError("BAD_RATE", `Cannot take ${JSON.stringify(text)} for a rate`, "Give a number between 0 and 1, as 0.001");
}
