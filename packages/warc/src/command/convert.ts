import { basename } from "node:path";
import { Option } from "commander";
import { ArchiveSink } from "../change/archive-sink.ts";
import { convertArc } from "../change/convert-arc.ts";
import { packingNamed } from "../change/packing-of.ts";
import { counted } from "../counted.ts";
import { WarcError } from "../error.ts";
import type { Finding } from "../finding.ts";
import type { Version } from "../write/head.ts";
import { type AddCommand, examples } from "./command.ts";
import { type ExitCode, exit } from "./exit.ts";
import { findingLine } from "./finding-line.ts";
import { createArchive } from "./new-archive.ts";
import { print, say } from "./output.ts";
import { size, startProgress } from "./progress.ts";
import { openSource, sizeOf } from "./source.ts";

interface Options {
  readonly output?: string;
  readonly warc: Version;
  readonly force?: boolean;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

export const addConvert: AddCommand = (program, ended) =>
  program
    .command("convert")
    .description("makes WARC of ARC, and keeps every line that headed a record there in ARC-Header-Line")
    .argument("<file>", "a path, or - for standard input")
    .option("-o, --output <path>", "the WARC file, packed as its name ends; beside the ARC file and packed with gzip unless told")
    .addOption(new Option("--warc <version>", "of the format").choices(["1.0", "1.1"]).default("1.1"))
    .option("--force", "overwrites the WARC file where there is one")
    .option("--json", "one object that says what was done")
    .option("-q, --quiet", "no progress, which is shown on terminals only")
    .addHelpText(
      "after",
      examples("warc convert crawl.arc.gz                         # makes crawl.warc.gz", "warc convert --warc 1.0 old.arc -o old.warc"),
    )
    .action(async (path: string, options) => ended(await runConvert(path, options)));

/** `warc convert`: of the same ARC file it makes the same WARC file, whenever it does. */
async function runConvert(path: string, options: Options): Promise<ExitCode> {
  const output = options.output ?? outputFor(path);
  using progress = startProgress(await sizeOf(path), options.quiet ?? false);
  await using source = await openSource(path, progress.passed);
  await using file = await createArchive(output, options.force ?? false);
  const sink = new ArchiveSink(file, packingNamed(output));
  const counts = { findings: 0, errors: 0 };
  const report = (finding: Finding) => {
    counts.findings++;
    if (finding.severity === "error") counts.errors++;
    say(findingLine(finding, source.name));
  };
  for await (const record of convertArc(source.input, { name: basename(path), version: options.warc, report })) await sink.append(record);
  if (sink.records === 0)
    throw new WarcError("NO_RECORD", `Cannot convert ${path}: there is no record in it`, "Look what it is with warc validate");
  await sink.flush();
  await file.finish();
  const done = { file: source.name, output, records: sink.records, size: sink.size, ...counts };
  await print(options.json ? JSON.stringify(done) : `${output}: ${counted(sink.records, "record")}, ${size(sink.size)}`);
  return counts.errors > 0 ? exit.faulty : exit.sound;
}

function outputFor(path: string): string {
  const [, stem] = /^(.+?)(\.arc)?(\.gz|\.zst)?$/i.exec(path) ?? [];
  if (path !== "-" && stem !== undefined) return `${stem}.warc.gz`;
  throw new WarcError("NO_OUTPUT", "Cannot name the WARC file: the ARC file is standard input", "Name it with -o");
}
