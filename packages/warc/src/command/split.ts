import { mkdir } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { Option } from "commander";
import type { RandomAccess } from "../bytes/input.ts";
import { ArchiveSink } from "../change/archive-sink.ts";
import { packingOf } from "../change/packing-of.ts";
import { type OpenPart, splitByHost, splitInTurn } from "../change/split.ts";
import { counted } from "../counted.ts";
import { WarcError } from "../error.ts";
import type { Finding } from "../finding.ts";
import { readRecords } from "../read/read-records.ts";
import type { Format } from "../read/record.ts";
import type { Packing } from "../write/pack-record.ts";
import { byteCount } from "./byte-count.ts";
import { type AddCommand, count, examples } from "./command.ts";
import { type ExitCode, exit } from "./exit.ts";
import { findingLine } from "./finding-line.ts";
import { NewArchives } from "./new-archive.ts";
import { print, say } from "./output.ts";
import { size, startProgress } from "./progress.ts";
import { sizeOf } from "./source.ts";
import { openWhole } from "./whole-file.ts";

interface Options {
  readonly size?: number;
  readonly records?: number;
  readonly by?: "host";
  readonly directory?: string;
  readonly force?: boolean;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

export const addSplit: AddCommand = (program, ended) =>
  program
    .command("split")
    .description("makes several archives of one; each begins with a copy of the warcinfo that its records are under")
    .argument("<file>", "a path, or - for standard input, whose parts are named part-00001 and so on")
    .addOption(
      new Option("--size <bytes>", "of a part, from which on it gets no further record: 1GB")
        .argParser(byteCount)
        .conflicts(["records", "by"]),
    )
    .addOption(new Option("--records <number>", "records a part").argParser(count).conflicts(["size", "by"]))
    .addOption(new Option("--by <what>", "a part for each host").choices(["host"]).conflicts(["size", "records"]))
    .option("-d, --directory <path>", "where the parts go, that of the archive unless told")
    .option("--force", "overwrites parts that are there")
    .option("--json", "an object a part")
    .option("-q, --quiet", "no progress, which is shown on terminals only")
    .addHelpText(
      "after",
      examples(
        "warc split crawl.warc.gz --size 1GB               # makes crawl-00001.warc.gz and so on",
        "warc split crawl.warc.gz --by host -d hosts/",
      ),
    )
    .action(async (path: string, options) => ended(await split(path, options)));

interface Made {
  readonly output: string;
  readonly sink: ArchiveSink;
}

/** `warc split`: all parts, or none. */
async function split(path: string, options: Options): Promise<ExitCode> {
  const isByHost = options.by !== undefined;
  using progress = startProgress((isByHost ? 2 : 1) * (await sizeOf(path)), options.quiet ?? false);
  await using file = await openWhole(path, progress.passed);
  await using archives = new NewArchives(options.force ?? false);
  const made: Made[] = [];
  const open = await opener(path, file.input, options, archives, made);
  const report = (finding: Finding) => say(findingLine(finding, path));
  if (isByHost) await splitByHost(file.input, open, report);
  else await splitInTurn(file.input, limitOf(path, options), open, report);
  archives.keep();
  for (const { output, sink } of made) {
    const done = { output, records: sink.records, size: sink.size };
    await print(options.json ? JSON.stringify(done) : `${output}: ${counted(sink.records, "record")}, ${size(sink.size)}`);
  }
  return exit.sound;
}

function limitOf(path: string, { size, records }: Options) {
  if (size !== undefined) return { kind: "size", bytes: size } as const;
  if (records !== undefined) return { kind: "records", count: records } as const;
  throw new WarcError("NO_LIMIT", `Cannot split ${path}: it is not said where`, "Give --size, --records or --by host");
}

/** Parts are named as the archive is, with the part's name before its ending. */
async function opener(path: string, input: RandomAccess, options: Options, archives: NewArchives, made: Made[]): Promise<OpenPart> {
  const packing = await packingOf(input);
  const name = path === "-" ? `part.${await formatOf(input)}${endings[packing.kind]}` : basename(path);
  const [, stem = "", ending = ""] = /^(.+?)((?:\.w?arc)?(?:\.gz|\.zst)?)$/i.exec(name) ?? [];
  const folder = options.directory ?? dirname(path);
  return async (name) => {
    await mkdir(folder, { recursive: true });
    const output = join(folder, `${stem}-${name}${ending}`);
    const file = await archives.create(output);
    const sink = new ArchiveSink(file, packing);
    made.push({ output, sink });
    return {
      sink,
      async finish() {
        await sink.flush();
        await file.finish();
      },
    };
  };
}

const endings: Readonly<Record<Packing["kind"], string>> = { plain: "", gzip: ".gz", zstd: ".zst" };

async function formatOf(input: RandomAccess): Promise<Format> {
  for await (const { format } of readRecords(input)) return format;
  return "warc";
}
