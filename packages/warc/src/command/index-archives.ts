import { createReadStream } from "node:fs";
import { mkdir, mkdtemp, open, readdir, rename, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { type Command, InvalidArgumentError, Option } from "commander";
import { cdx9, cdx11, formatCdx, formatLegend, type Legend, parseLegend } from "../cdx/cdx.ts";
import { formatCdxj } from "../cdx/cdxj.ts";
import { indexRecords } from "../cdx/index-records.ts";
import type { Indexed } from "../cdx/indexed.ts";
import { writeCluster } from "../cdx/node/cluster.ts";
import { sortIndex } from "../cdx/node/sort.ts";
import { exitOf } from "./check-file.ts";
import { type AddCommand, examples, files } from "./command.ts";
import { eachFile, type FileWork, type ManyFiles, takesManyFiles } from "./each-file.ts";
import type { ExitCode } from "./exit.ts";
import { Errors } from "./finding-line.ts";
import { makeFile, refuseExisting, removeOnInterrupt } from "./new-file.ts";
import { print, printBytes, printInto } from "./output.ts";
import { openSource } from "./source.ts";

export const addIndex: AddCommand = (program, ended) =>
  addOptions(takesManyFiles(program.command("index")))
    .description("makes an index: CDXJ, CDX, or a ZipNum cluster")
    .argument("<files...>", files)
    .addHelpText(
      "after",
      examples(
        "warc index --sort -o index.cdxj '*.warc.gz'",
        "warc index --format cdx11 crawl.warc.gz",
        "warc index --format 'N b a m s k r V g' crawl.warc.gz",
        "warc index --post-append --zipnum cluster '*.warc.gz'",
      ),
    )
    .action(async (paths: string[], options) => ended(await index(paths, options)));

function addOptions(command: Command): Command {
  return command
    .option("--format <format>", "cdxj, cdx11, cdx9, or the letters of a legend", checkFormat, "cdxj")
    .option("--records <types>", "which, by WARC-Type, with commas; all: every one (default: those that can be replayed)")
    .option("--fields <names>", "more fields of CDXJ: method, referrer, http:NAME, req.http:NAME, or one of the record's header")
    .option("--post-append", "makes the key of an answer to a POST of what was posted too")
    .addOption(new Option("--json", "an object a record, as the library has it").conflicts(["sort", "zipnum"]))
    .option("--sort", "sorts by bytes, as look-ups need it")
    .option("-o, --output <file>", "writes there, whole or not at all")
    .addOption(
      new Option("--zipnum <folder>", "packs the sorted index into a ZipNum cluster: index.idx, index.loc and the blocks").conflicts(
        "output",
      ),
    )
    .option("--force", "replaces what is there");
}

interface LineOptions {
  readonly format: string;
  readonly records?: string;
  readonly fields?: string;
  readonly postAppend?: boolean;
  readonly json?: boolean;
}

interface Options extends LineOptions, ManyFiles {
  readonly sort?: boolean;
  readonly output?: string;
  readonly zipnum?: string;
  readonly force?: boolean;
}

/** `warc index`: a line a record, in their order or sorted, to standard output, a file or a cluster. */
async function index(paths: readonly string[], options: Options): Promise<ExitCode> {
  const { output, zipnum, force = false } = options;
  let code: ExitCode = 0;
  const make = async (folder: string) => {
    const lines = join(folder, "lines");
    code = await writeLines(paths, options, lines);
    if (!options.sort && zipnum === undefined) return lines;
    const sorted = join(folder, "sorted");
    await sortIndex([{ name: "the index", bytes: createReadStream(lines) }], sorted);
    return sorted;
  };
  if (zipnum !== undefined) await makeCluster(zipnum, force, make);
  else if (output !== undefined) await makeFile(output, force, make);
  else if (options.sort) await inFolder(tmpdir(), async (folder) => copyOut(await make(folder)));
  else code = await printLines(paths, options);
  return code;
}

async function printLines(paths: readonly string[], options: Options): Promise<ExitCode> {
  const legend = legendOf(options.format);
  if (legend && !options.json) await print(formatLegend(legend));
  let errors = 0;
  const areAllRead = await eachFile(work, paths, options, (found) => (errors += found));
  return exitOf({ errors }, areAllRead);
}

async function writeLines(paths: readonly string[], options: Options, path: string): Promise<ExitCode> {
  await using file = await open(path, "wx");
  return await printInto(
    (bytes) => file.writeFile(bytes),
    () => printLines(paths, options),
  );
}

async function makeCluster(folder: string, force: boolean, make: (folder: string) => Promise<string>): Promise<void> {
  await mkdir(folder, { recursive: true });
  refuseExisting(join(folder, "index.idx"), force);
  await inFolder(folder, async (making) => {
    await writeCluster(createReadStream(await make(making)), making, "index");
    await placeCluster(making, folder);
  });
}

async function inFolder(parent: string, make: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(parent, ".warc-index-"));
  using _ = removeOnInterrupt(folder);
  try {
    await make(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The `.idx` comes last: who finds it finds all. */
async function placeCluster(making: string, folder: string): Promise<void> {
  const made = (await readdir(making)).filter((name) => /^index(-\d+\.cdx\.gz|\.loc|\.idx)$/.test(name));
  for (const name of made.sort((a, b) => Number(a.endsWith(".idx")) - Number(b.endsWith(".idx"))))
    await rename(join(making, name), join(folder, name));
}

async function copyOut(path: string): Promise<void> {
  for await (const bytes of createReadStream(path)) await printBytes(bytes);
}

/** Answers how many findings of severity error there were. */
export const work: FileWork<LineOptions, number> = {
  module: import.meta.url,
  async run(argument, { format, records, fields, postAppend = false, json = false }, output) {
    await using source = await openSource(argument, output.passed.bind(output));
    const formatLine = json ? JSON.stringify : lineFormatter(format);
    const errors = new Errors();
    const lines = indexRecords(source.input, {
      filename: basename(source.name),
      offset: source.offset,
      report: (finding) => errors.add(source.name, finding),
      postAppend,
      ...(records !== undefined && { types: records === "all" ? records : new Set(records.split(",")) }),
      ...(fields !== undefined && { fields: fields.split(",") }),
    });
    for await (const line of lines) {
      await output.print(formatLine(line));
      await errors.tell(output);
    }
    await errors.tell(output);
    return errors.count;
  },
};

function lineFormatter(format: string): (line: Indexed) => string {
  const legend = legendOf(format);
  return legend ? (line) => formatCdx(line, legend) : formatCdxj;
}

/** Undefined for CDXJ, which has none. */
function legendOf(format: string): Legend | undefined {
  if (format === "cdxj") return undefined;
  if (format === "cdx9") return cdx9;
  if (format === "cdx11") return cdx11;
  return parseLegend(` ${format.replace(/^ ?(CDX )?/, "CDX ")}`);
}

function checkFormat(text: string): string {
  const legend = legendOf(text);
  if (text === "cdxj" || (legend && legend.letters.length > 0 && legend.letters.every((letter) => /^[A-Za-z]$/.test(letter)))) return text;
  throw new InvalidArgumentError("Give cdxj, cdx11, cdx9, or letters with blanks between them as in 'N b a m s k r V g'");
}
