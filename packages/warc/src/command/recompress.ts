import { Option } from "commander";
import { openFile } from "../bytes/file.ts";
import { ArchiveSink } from "../change/archive-sink.ts";
import { packingNamed } from "../change/packing-of.ts";
import { digestRecords, isOfPacking, recompress } from "../change/recompress.ts";
import { counted } from "../counted.ts";
import { WarcError } from "../error.ts";
import type { Finding } from "../finding.ts";
import type { Packing } from "../write/pack-record.ts";
import { type AddCommand, examples } from "./command.ts";
import { type ExitCode, exit } from "./exit.ts";
import { createArchive } from "./new-archive.ts";
import { print } from "./output.ts";
import { size, startProgress } from "./progress.ts";
import { openSource, sizeOf } from "./source.ts";

const endings = { gzip: ".gz", zstd: ".zst", plain: "" } as const satisfies Record<Packing["kind"], string>;

interface Options {
  readonly output?: string;
  readonly to?: Packing["kind"];
  readonly level?: number;
  readonly verify: boolean;
  readonly force?: boolean;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

export const addRecompress: AddCommand = (program, ended) =>
  program
    .command("recompress")
    .description("packs each record by itself, as the standard wants it, or unpacks them")
    .argument("<file>", "a path, or - for standard input; ARC stays ARC")
    .option("-o, --output <path>", "the new archive; beside the old one unless told, with the ending of its packing")
    .addOption(
      new Option("--to <packing>", "what to pack with").choices(Object.keys(endings)).default(undefined, "what OUTPUT ends with, or gzip"),
    )
    .option("--level <number>", "of gzip 0 to 9, of zstd 1 to 22", Number)
    .option("--no-verify", "does not read the new archive to compare its records with those of the old one")
    .option("--force", "overwrites the new archive where there is one, also where it is the old one")
    .option("--json", "one object that says what was done")
    .option("-q, --quiet", "no progress, which is shown on terminals only")
    .addHelpText(
      "after",
      examples(
        "warc recompress crawl.warc                        # makes crawl.warc.gz",
        "warc recompress --force whole-file.warc.gz        # a member a record, in place",
        "warc recompress crawl.warc.gz -o crawl.warc.zst --level 19",
        "curl -s $URL | warc recompress - -o crawl.warc.gz",
      ),
    )
    .action(async (path: string, options) => ended(await runRecompress(path, options)));

/** `warc recompress`: nothing but the packing is changed. */
async function runRecompress(path: string, options: Options): Promise<ExitCode> {
  const kind = options.to ?? (options.output === undefined ? "gzip" : packingNamed(options.output).kind);
  const output = options.output ?? outputFor(path, kind);
  using progress = startProgress(await sizeOf(path), options.quiet ?? false);
  await using source = await openSource(path, progress.passed);
  await using file = await createArchive(output, options.force ?? false);
  const packing = options.level === undefined ? { kind } : { kind, level: options.level };
  const sink = new ArchiveSink(file, packing);
  const faults = new Map<string, number>();
  const report = (finding: Finding) => {
    if (isOfPacking(finding)) faults.set(finding.code, (faults.get(finding.code) ?? 0) + 1);
  };
  const packed = await recompress(source.input, sink, report);
  if (packed.records === 0)
    throw new WarcError("NO_RECORD", `Cannot recompress ${path}: there is no record in it`, "Look what it is with warc validate");
  if (options.verify) await verify(`${output}.open`, packed, output);
  await file.finish();
  const done = {
    file: source.name,
    output,
    records: packed.records,
    size: sink.size,
    faults: Object.fromEntries(faults),
    verified: options.verify,
  };
  await print(options.json ? JSON.stringify(done) : told(done));
  return exit.sound;
}

function outputFor(path: string, to: Packing["kind"]): string {
  if (path !== "-") return `${path.replace(/\.(gz|zst)$/i, "")}${endings[to]}`;
  throw new WarcError("NO_OUTPUT", "Cannot name the new archive: the old one is standard input", "Name it with -o");
}

async function verify(path: string, expected: Awaited<ReturnType<typeof digestRecords>>, output: string): Promise<void> {
  await using file = await openFile(path);
  const found = await digestRecords(file);
  if (found.records === expected.records && Buffer.compare(found.digest, expected.digest) === 0) return;
  throw new WarcError(
    "NOT_VERIFIED",
    `Cannot make ${output}: what was written reads as ${found.records} records that are not the ${expected.records} of the old archive`,
    "The old archive is as it was; check the disk, and report it if that is sound",
  );
}

interface Done {
  readonly output: string;
  readonly records: number;
  readonly size: number;
  readonly faults: Readonly<Record<string, number>>;
  readonly verified: boolean;
}

function told({ output, records, size: bytes, faults, verified }: Done): string {
  const list = Object.entries(faults).map(([code, count]) => `${code} × ${count}`);
  const mended = list.length === 0 ? "the packing had no errors" : `errors of packing that are gone: ${list.join(", ")}`;
  return `${output}: ${counted(records, "record")}, ${size(bytes)}${verified ? ", read back and compared" : ""}; ${mended}`;
}
