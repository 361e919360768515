import { ArchiveSink } from "../change/archive-sink.ts";
import { type MergeSource, mergeArchives, mergeWithSegments, type ReportMerge } from "../change/merge.ts";
import { packingNamed } from "../change/packing-of.ts";
import { counted } from "../counted.ts";
import { type AddCommand, examples } from "./command.ts";
import { type ExitCode, exit } from "./exit.ts";
import { findingLine } from "./finding-line.ts";
import { createArchive } from "./new-archive.ts";
import { expandOperands } from "./operands.ts";
import { print, say } from "./output.ts";
import { size, startProgress } from "./progress.ts";
import { openSource, sizeOf } from "./source.ts";
import { openWhole } from "./whole-file.ts";

interface Options {
  readonly output: string;
  readonly segments?: boolean;
  readonly force?: boolean;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

export const addMerge: AddCommand = (program, ended) =>
  program
    .command("merge")
    .description("makes one archive of several, record by record in their order")
    .argument("<files...>", "paths or patterns such as '*.warc.gz', or - for standard input")
    .requiredOption("-o, --output <path>", "the new archive, packed as its name ends: .gz, .zst or neither")
    .option("--segments", "makes those records whole that lie in segments, wherever these are among the files")
    .option("--force", "overwrites the new archive where there is one")
    .option("--json", "one object that says what was done")
    .option("-q, --quiet", "no progress, which is shown on terminals only")
    .addHelpText(
      "after",
      examples("warc merge crawl-*.warc.gz -o crawl.warc.gz", "warc merge --segments part-1.warc.gz part-2.warc.gz -o whole.warc.gz"),
    )
    .action(async (paths: string[], options) => ended(await merge(paths, options)));

/** `warc merge`: records that name no warcinfo get the id of the one that they are under. */
async function merge(operands: readonly string[], options: Options): Promise<ExitCode> {
  const paths = await expandOperands(operands);
  let total = 0;
  for (const path of paths) total += await sizeOf(path);
  using progress = startProgress(options.segments ? 2 * total : total, options.quiet ?? false);
  await using file = await createArchive(options.output, options.force ?? false);
  const sink = new ArchiveSink(file, packingNamed(options.output));
  const counts = { findings: 0, errors: 0 };
  const report: ReportMerge = (finding, name) => {
    counts.findings++;
    if (finding.severity === "error") counts.errors++;
    say(findingLine(finding, name));
  };
  await using open = new AsyncDisposableStack();
  const records = options.segments
    ? mergeWithSegments(await openAll(paths, progress.passed, open), report)
    : mergeArchives(openInTurn(paths, progress.passed), report);
  for await (const record of records) await sink.append(record);
  await sink.flush();
  await file.finish();
  const done = { files: paths.length, output: options.output, records: sink.records, size: sink.size, ...counts };
  await print(
    options.json
      ? JSON.stringify(done)
      : `${options.output}: ${counted(sink.records, "record")} of ${counted(paths.length, "file")}, ${size(sink.size)}`,
  );
  return counts.errors > 0 ? exit.faulty : exit.sound;
}

async function* openInTurn(paths: readonly string[], passed: (bytes: number) => void): AsyncGenerator<MergeSource, void> {
  for (const path of paths) {
    await using source = await openSource(path, passed);
    yield source;
  }
}

/** Segments are read where they are, whatever file that is in. */
async function openAll(paths: readonly string[], passed: (bytes: number) => void, open: AsyncDisposableStack) {
  const sources = [];
  for (const path of paths) sources.push({ name: path, input: open.use(await openWhole(path, passed)).input });
  return sources;
}
