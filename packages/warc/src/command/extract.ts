import { type FileHandle, link, mkdir, open, unlink } from "node:fs/promises";
import { join } from "node:path";
import type { Finding } from "../finding.ts";
import { openPayload } from "../http/payload.ts";
import { readRecords } from "../read/read-records.ts";
import type { ArchiveRecord } from "../read/record.ts";
import { exitOf } from "./check-file.ts";
import { type AddCommand, examples, files } from "./command.ts";
import { tellUnreadable, tryFile } from "./each-file.ts";
import type { ExitCode } from "./exit.ts";
import { fileName, numbered } from "./file-name.ts";
import { findingLine } from "./finding-line.ts";
import { makeFile } from "./new-file.ts";
import { expandOperands } from "./operands.ts";
import { print, say } from "./output.ts";
import { openSource } from "./source.ts";

export const addExtract: AddCommand = (program, ended) =>
  program
    .command("extract")
    .description("writes what was fetched into files: a folder a host, and index.jsonl")
    .argument("<files...>", files)
    .requiredOption("-d, --directory <folder>", "a new folder, which appears once all is in it")
    .option("--json", "prints the lines of index.jsonl too")
    .addHelpText(
      "after",
      `
Of responses, resources, conversions and records of ARC files the payload is written, with all codings removed, where it is not empty. Names
come from URLs and are safe: letters, digits, - _ and . below the folder of the host; two that are the same get numbers. index.jsonl says
for each file its URL, time, status, media type, and the record it is from. To take some of the records, filter them first.`,
    )
    .addHelpText(
      "after",
      examples("warc extract -d site crawl.warc.gz", "warc filter ':mime == \"image/png\"' crawl.warc.gz | warc extract -d images -"),
    )
    .action(async (paths: string[], options) => ended(await extract(paths, options)));

interface Options {
  readonly directory: string;
  readonly json?: boolean;
}

/** `warc extract FILE… -d FOLDER`. */
async function extract(paths: readonly string[], { directory, json = false }: Options): Promise<ExitCode> {
  let errors = 0;
  let areAllRead = true;
  await makeFile(directory, false, async (staging) => {
    const folder = join(staging, "files");
    await mkdir(folder);
    await using index = await open(join(folder, "index.jsonl"), "wx");
    let archive = 0;
    for (const path of await expandOperands(paths)) {
      const extractor = new Extractor(folder, index, archive++, json);
      const outcome = await tryFile(() => extractor.takeAll(path), path);
      errors += extractor.errors;
      if (outcome.kind === "done") continue;
      tellUnreadable(outcome.error);
      areAllRead = false;
    }
    await index.sync();
    return folder;
  });
  return exitOf({ errors }, areAllRead);
}

/** Takes the payloads out of one archive. */
class Extractor {
  errors = 0;
  readonly #folder: string;
  readonly #index: FileHandle;
  readonly #archive: number;
  readonly #isTold: boolean;

  constructor(folder: string, index: FileHandle, archive: number, isTold: boolean) {
    this.#folder = folder;
    this.#index = index;
    this.#archive = archive;
    this.#isTold = isTold;
  }

  async takeAll(path: string): Promise<void> {
    await using source = await openSource(path);
    const report = (finding: Finding) => {
      if (finding.severity !== "error") return;
      this.errors++;
      say(findingLine(finding, source.name));
    };
    for await (const record of readRecords(source.input, { offset: source.offset, report })) await this.#take(record, source.name);
  }

  async #take(record: ArchiveRecord, archive: string): Promise<void> {
    const payload = await openPayload(record);
    if (!payload) return;
    const { head, mime } = payload;
    const file = await this.#write(payload.body, record, mime);
    if (file === undefined) return;
    const status = head?.kind === "response" ? head.status : undefined;
    const { targetUri: url, date, offset } = record;
    const line = JSON.stringify({ file, url, date, status, mime, archive, offset });
    await this.#index.writeFile(`${line}\n`);
    if (this.#isTold) await print(line);
  }

  /** Answers the path below the folder; undefined where there is nothing to write. */
  async #write(body: AsyncIterable<Uint8Array>, record: ArchiveRecord, mime: string | undefined): Promise<string | undefined> {
    const making = join(this.#folder, ".making");
    let length = 0;
    try {
      await using file = await open(making, "w");
      for await (const bytes of body) {
        await file.writeFile(bytes);
        length += bytes.length;
      }
      return length > 0 ? await this.#place(making, record, mime) : undefined;
    } finally {
      await unlink(making);
    }
  }

  async #place(making: string, { targetUri = "", number }: ArchiveRecord, mime: string | undefined): Promise<string> {
    const { folder, name } = fileName(targetUri, mime);
    await mkdir(join(this.#folder, folder), { recursive: true });
    // The second is taken where another record had the URL, the third where that was in another archive.
    for (const candidate of [name, numbered(name, number), numbered(name, `${this.#archive}-${number}`)])
      if (await linkNew(making, join(this.#folder, folder, candidate))) return `${folder}/${candidate}`;
    throw new Error(`BUG: three files are called ${name}`);
  }
}

/** False where there is a file of that name; it stays as it is. */
async function linkNew(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST") return false;
    throw error;
  }
}
