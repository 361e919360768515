import { isAbsolute, relative, resolve } from "node:path";
import { openFile } from "../bytes/file.ts";
import type { Indexed } from "../cdx/indexed.ts";
import { legendOf, lookUp, lookUpNearest, type Match } from "../cdx/look-up.ts";
import { WarcError } from "../error.ts";
import { readRecords } from "../read/read-records.ts";
import type { ArchiveRecord } from "../read/record.ts";
import { urlKey } from "../urlkey/surt.ts";
import { type AddCommand, examples } from "./command.ts";
import { type ExitCode, exit } from "./exit.ts";
import { openIndex } from "./open-index.ts";
import { print, printBytes, say } from "./output.ts";

export const addLookup: AddCommand = (program, ended) =>
  program
    .command("lookup")
    .description("finds captures in a sorted index, or in a ZipNum cluster")
    .argument("<index>", "a sorted CDX or CDXJ file, the .idx of a cluster, or the folder that it is in")
    .argument("<url>", "the URL, as a browser has it")
    .option("--prefix", "also of URLs that begin with it")
    .option("--host", "of all URLs of its host")
    .option("--domain", "of all URLs of its host and of hosts below it")
    .option("--at <time>", "only the capture whose time is nearest, in UTC: 2020, 20200131, up to 17 digits", checkTime)
    .option("--archive <folder>", "prints the records, from the archives in there")
    .option("--json", "one object a capture")
    .addHelpText(
      "after",
      examples(
        "warc lookup index.cdxj http://example.com/",
        "warc lookup --at 20200101 index.cdxj http://example.com/",
        "warc lookup --domain cluster example.com | cut -f 1",
        "warc lookup --at 2020 --archive archives index.cdxj http://example.com/",
      ),
    )
    .action(async (index: string, url: string, options) => ended(await lookup(index, url, options)));

interface Options {
  readonly prefix?: boolean;
  readonly host?: boolean;
  readonly domain?: boolean;
  readonly at?: string;
  readonly archive?: string;
  readonly json?: boolean;
}

/** `warc lookup INDEX URL`: a line a capture, or their records. */
async function lookup(path: string, url: string, options: Options): Promise<ExitCode> {
  const { at, archive, json = false } = options;
  const match = matchOf(options);
  await using index = await openIndex(path);
  const found = at === undefined ? captures(index, url, match) : nearest(index, url, at);
  let count = 0;
  for await (const capture of found) {
    count++;
    if (archive !== undefined) await printRecord(archive, capture);
    else await print(json ? JSON.stringify(capture) : line(capture));
  }
  if (count === 0) say(`There is no capture of ${url} in ${path}`);
  return exit.sound;
}

type Index = Awaited<ReturnType<typeof openIndex>>;

async function* captures(index: Index, url: string, match: Match): AsyncGenerator<Indexed> {
  const legend = await legendOf(index);
  yield* lookUp(index, url, { match, ...(legend && { legend }) });
}

async function* nearest(index: Index, url: string, at: string): AsyncGenerator<Indexed> {
  const capture = await lookUpNearest(index, url, at, await legendOf(index));
  if (capture) yield capture;
}

function line({ filename, offset, length, timestamp, status, mime, url, urlkey }: Indexed): string {
  return [`${filename ?? "-"}:${offset ?? "-"}`, length ?? "-", timestamp, status ?? "-", mime ?? "-", url ?? urlkey].join("\t");
}

async function printRecord(archive: string, capture: Indexed): Promise<void> {
  const { filename, offset } = capture;
  if (filename === undefined || offset === undefined)
    throw new WarcError(
      "NO_RECORD",
      `Cannot print the record of ${capture.urlkey}: the index does not say where it is`,
      "Make the index again with warc index",
    );
  await using file = await openFile(pathWithin(archive, filename));
  for await (const record of readRecords(file, { offset })) {
    if (record.offset !== offset) break;
    // Several records may lie in one gzip member: then they are all at its offset.
    if (!isOf(record, capture)) continue;
    await printBytes(record.head);
    for await (const bytes of record.block) await printBytes(bytes);
    return printBytes("\r\n\r\n");
  }
  const message = `Cannot print the record of ${capture.urlkey} ${capture.timestamp}: it is not at byte ${offset} of ${filename}`;
  throw new WarcError("NO_RECORD", message, "Make the index again with warc index");
}

function isOf({ type, date, targetUri }: ArchiveRecord, { timestamp, url }: Indexed): boolean {
  const isSameTime = (date ?? "").replace(/\D/g, "").startsWith(timestamp.slice(0, 14));
  return isSameTime && type !== "request" && (url === undefined || urlKey(targetUri ?? "") === urlKey(url));
}

/** An index that somebody has sent may name any file: only those below the folder are read. */
function pathWithin(folder: string, filename: string): string {
  const path = resolve(folder, filename);
  const below = relative(resolve(folder), path);
  if (below !== "" && !below.startsWith("..") && !isAbsolute(below)) return path;
  throw new WarcError(
    "OUTSIDE_FOLDER",
    `Cannot read ${filename}: it is not below ${folder}`,
    "Name the folder that all archives of the index are in",
  );
}

function matchOf({ prefix, host, domain, at }: Options): Match {
  const given = [prefix && "--prefix", host && "--host", domain && "--domain", at !== undefined && "--at"].filter(
    (flag) => typeof flag === "string",
  );
  if (given.length > 1) throw new WarcError("TOO_MANY_MATCHES", `Cannot look up by ${given.join(" and ")} at once`, "Give one of them");
  return prefix ? "prefix" : host ? "host" : domain ? "domain" : "exact";
}

function checkTime(text: string): string {
  if (/^\d{4,17}$/.test(text)) return text;
  throw new WarcError(
    "BAD_TIMESTAMP",
    `Cannot take ${JSON.stringify(text)} for a time`,
    "Give 4 to 17 digits in UTC, as in 20200131120000",
  );
}
