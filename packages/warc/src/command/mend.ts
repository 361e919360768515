import { rename } from "node:fs/promises";
import type { RandomAccess } from "../bytes/input.ts";
import { ArchiveSink } from "../change/archive-sink.ts";
import { type Apart, type Diagnosis, diagnose, mend } from "../change/mend.ts";
import type { MendFinding } from "../change/mended.ts";
import { packingOf } from "../change/packing-of.ts";
import { counted } from "../counted.ts";
import { WarcError } from "../error.ts";
import type { OutputFile } from "../write/output-file.ts";
import { type AddCommand, examples } from "./command.ts";
import { type ExitCode, exit } from "./exit.ts";
import { findingLine } from "./finding-line.ts";
import { createArchive } from "./new-archive.ts";
import { refuseExisting } from "./new-file.ts";
import { print, say } from "./output.ts";
import { startProgress } from "./progress.ts";
import { sizeOf } from "./source.ts";
import { openWhole } from "./whole-file.ts";

interface Options {
  readonly output?: string;
  readonly inPlace?: boolean;
  readonly dryRun?: boolean;
  readonly fixDigests?: boolean;
  readonly force?: boolean;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

export const addMend: AddCommand = (program, ended) =>
  program
    .command("mend")
    .description("sets right what is wrong with an archive and loses nothing that can be read")
    .argument(
      "<file>",
      "a path, or - for standard input; one that ends with .open, as a killed writer leaves it, is closed under its own name",
    )
    .option("-o, --output <path>", "the mended archive")
    .option("--in-place", "puts it in the place of the old one")
    .option("--dry-run", "says what would be done, and writes nothing")
    .option("--fix-digests", "writes the right digests where they are wrong; they stay unless told, for they may be the witness of a loss")
    .option("--force", "overwrites the output where there is one")
    .option("--json", "one object a finding, then one with the counts")
    .option("-q, --quiet", "no progress, which is shown on terminals only")
    .addHelpText("after", notes)
    .action(async (path: string, options) => ended(await runMend(path, options)));

const notes = `
What belongs to no record is written to OUTPUT.garbage. A record that is cut is kept as far as it goes, with its true Content-Length and
WARC-Truncated. An archive in which nothing can be mended stays as it is, and no output is written, unless it came by standard input.
It ends with 0 where no error is left, with 1 where some could not be mended.
${examples("warc mend crawl.warc.gz --dry-run", "warc mend crawl.warc.gz -o mended.warc.gz", "warc mend --in-place crawl.warc.gz", "warc mend crawl.warc.gz.open                  # makes crawl.warc.gz")}`;

/** `warc mend`: first reads the archive to tell what will be done, and then does it. */
async function runMend(path: string, options: Options): Promise<ExitCode> {
  const target = targetOf(path, options);
  using progress = startProgress(2 * (await sizeOf(path)), options.quiet ?? false);
  await using file = await openWhole(path, progress.passed);
  const { input } = file;
  const tell = async (finding: MendFinding) =>
    options.json ? print(JSON.stringify({ file: path, ...finding, record: finding.record ?? null })) : say(findingLine(finding, path));
  const found = await diagnose(input, tell, options);
  if (found.records === 0)
    throw new WarcError(
      "NO_RECORD",
      `Cannot mend ${path}: there is no record in it that can be saved`,
      "Look what it is with warc validate",
    );
  // Of what came by a pipe nothing is left but the output.
  const isWritten = (found.mended > 0 || path === "-") && target.kind !== "none";
  const apart = isWritten ? await writeMended(input, target, options) : undefined;
  if (target.kind === "close") await close(path, target.closed, options);
  const done = { ...found, output: isWritten || target.kind === "close" ? nameOf(target) : null, garbage: apart ?? null };
  await print(options.json ? JSON.stringify(done) : told(path, done));
  return found.errorsLeft > 0 ? exit.faulty : exit.sound;
}

type Target =
  | { readonly kind: "none" }
  | { readonly kind: "new"; readonly path: string }
  | { readonly kind: "replace"; readonly path: string }
  /** Under the name that its writer would have given it in the end. */
  | { readonly kind: "close"; readonly path: string; readonly closed: string };

function targetOf(path: string, { output, inPlace = false, dryRun = false, force = false }: Options): Target {
  if (dryRun) return { kind: "none" };
  const closed = /^(.+)\.open$/.exec(path)?.[1];
  if (closed !== undefined && (output === undefined || output === closed)) {
    refuseExisting(closed, force);
    return { kind: "close", path, closed };
  }
  if (output !== undefined && !inPlace) return { kind: "new", path: output };
  if (output === undefined && inPlace && path !== "-") return { kind: "replace", path };
  throw new WarcError(
    "NO_OUTPUT",
    `Cannot mend ${path}: it is not said where to`,
    path === "-" ? "Give -o OUTPUT, or look first with --dry-run" : "Give -o OUTPUT or --in-place, or look first with --dry-run",
  );
}

function nameOf(target: Target): string | null {
  if (target.kind === "none") return null;
  return target.kind === "close" ? target.closed : target.path;
}

/** Answers the name of what belongs to no record, where there is such. */
async function writeMended(input: RandomAccess, target: Exclude<Target, { kind: "none" }>, options: Options): Promise<string | undefined> {
  const force = target.kind !== "new" || (options.force ?? false);
  await using files = new AsyncDisposableStack();
  const garbagePath = `${nameOf(target)}.garbage`;
  let garbage: OutputFile | undefined;
  const apart = async (): Promise<Apart> => (garbage ??= files.use(await createArchive(garbagePath, options.force ?? false)));
  const archive = files.use(await createArchive(target.path, force));
  await mend(input, new ArchiveSink(archive, await packingOf(input)), apart, options);
  await garbage?.finish();
  await archive.finish();
  return garbage && garbagePath;
}

async function close(path: string, closed: string, { force = false }: Options): Promise<void> {
  refuseExisting(closed, force);
  await rename(path, closed);
}

function told(path: string, done: Diagnosis & { readonly output: string | null; readonly garbage: string | null }): string {
  const { records, findings, mended, errorsLeft, output, garbage } = done;
  const left = errorsLeft > 0 ? `, ${errorsLeft} errors left` : "";
  const counts = `${counted(records, "record")}, ${mended} of ${counted(findings, "finding")} ${output === null ? "can be mended" : "mended"}${left}`;
  const where = output === null ? `${path}: ` : `${output}: `;
  return `${where}${counts}${garbage === null ? "" : `; what belongs to no record is in ${garbage}`}`;
}
