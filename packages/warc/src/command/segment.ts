import { ArchiveSink } from "../change/archive-sink.ts";
import { packingNamed } from "../change/packing-of.ts";
import { segmentArchive } from "../change/segment.ts";
import { counted } from "../counted.ts";
import type { Finding } from "../finding.ts";
import { byteCount } from "./byte-count.ts";
import { type AddCommand, examples } from "./command.ts";
import { type ExitCode, exit } from "./exit.ts";
import { findingLine } from "./finding-line.ts";
import { createArchive } from "./new-archive.ts";
import { print, say } from "./output.ts";
import { startProgress } from "./progress.ts";
import { openSource, sizeOf } from "./source.ts";

interface Options {
  readonly output: string;
  readonly size: number;
  readonly force?: boolean;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

export const addSegment: AddCommand = (program, ended) =>
  program
    .command("segment")
    .description("makes several records of each that is large; warc merge --segments makes one of them again")
    .argument("<file>", "a path, or - for standard input")
    .requiredOption("-o, --output <path>", "the new archive, packed as its name ends: .gz, .zst or neither")
    .requiredOption("--size <bytes>", "of a block at most: 100MB", byteCount)
    .option("--force", "overwrites the new archive where there is one")
    .option("--json", "one object that says what was done")
    .option("-q, --quiet", "no progress, which is shown on terminals only")
    .addHelpText("after", examples("warc segment crawl.warc.gz --size 100MB -o segmented.warc.gz"))
    .action(async (path: string, options) => ended(await segment(path, options)));

/** `warc segment`: records that are no larger are kept to the byte. */
async function segment(path: string, options: Options): Promise<ExitCode> {
  using progress = startProgress(await sizeOf(path), options.quiet ?? false);
  await using source = await openSource(path, progress.passed);
  await using file = await createArchive(options.output, options.force ?? false);
  const sink = new ArchiveSink(file, packingNamed(options.output));
  const report = (finding: Finding) => say(findingLine(finding, source.name));
  const { records, segmented, kept } = await segmentArchive(source.input, options.size, sink, report);
  await file.finish();
  const done = { file: source.name, output: options.output, records, segmented, kept, written: sink.records, size: sink.size };
  const line = `${options.output}: ${segmented} of ${counted(records, "record")} became ${counted(sink.records - records + segmented, "segment")}`;
  const left = kept > 0 ? `; ${kept} larger ones are as they were, since they lack an id, a date or a target URI` : "";
  await print(options.json ? JSON.stringify(done) : line + left);
  return exit.sound;
}
