import { counted } from "../counted.ts";
import type { Finding } from "../finding.ts";
import { openMessage } from "../http/message.ts";
import { messageKind } from "../http/message-kind.ts";
import { readRecords } from "../read/read-records.ts";
import type { ArchiveRecord, Extent } from "../read/record.ts";
import { exitOf } from "./check-file.ts";
import { type AddCommand, count, examples, files } from "./command.ts";
import { eachFile, type FileWork, type ManyFiles, takesManyFiles } from "./each-file.ts";
import type { ExitCode } from "./exit.ts";
import { Errors } from "./finding-line.ts";
import { print } from "./output.ts";
import { size } from "./progress.ts";
import { openSource } from "./source.ts";
import { type Count, type Counted, ValueCounter } from "./value-counter.ts";

export const addStats: AddCommand = (program, ended) =>
  takesManyFiles(program.command("stats"))
    .description("counts records and bytes by type, status, media type, host and year")
    .argument("<files...>", files)
    .option("-n, --count <number>", "how many values of each", count, 10)
    .option("--json", "one object with all of them")
    .addHelpText("after", examples("warc stats crawl.warc.gz", "warc stats --json '*.warc.gz' | jq '.host[:3]'"))
    .action(async (paths: string[], options) => ended(await stats(paths, options)));

const facets = ["type", "status", "mime", "host", "year"] as const;
type Facet = (typeof facets)[number];

/** What there is in a file. It goes between threads, so it is plain data. */
interface FileStats {
  readonly records: number;
  readonly errors: number;
  /** Bytes of the records as they are stored, and when they are unpacked. */
  readonly stored: number;
  readonly plain: number;
  readonly counts: Readonly<Record<Facet, readonly Counted[]>>;
}

/** `warc stats`: what there is in all files together. */
async function stats(
  paths: readonly string[],
  options: ManyFiles & { readonly count: number; readonly json?: boolean },
): Promise<ExitCode> {
  const sum = { records: 0, errors: 0, stored: 0, plain: 0 };
  const counters = newCounters();
  const areAllRead = await eachFile(work, paths, options, (found) => {
    for (const name of ["records", "errors", "stored", "plain"] as const) sum[name] += found[name];
    for (const facet of facets) for (const [value, counted] of found.counts[facet]) counters[facet].add(value, counted);
  });
  if (options.json) await print(JSON.stringify({ ...sum, ...mapFacets((facet) => counters[facet].sorted.map(toObject)) }));
  else await printTables(sum, counters, options.count);
  return exitOf(sum, areAllRead);
}

async function printTables(sum: Omit<FileStats, "counts">, counters: Counters, most: number): Promise<void> {
  await print(`${counted(sum.records, "record")}, ${size(sum.stored)} stored, ${size(sum.plain)} unpacked`);
  for (const facet of facets) {
    const all = counters[facet].sorted;
    if (all.length === 0) continue;
    await print(`\n${facet}\trecords\tbytes`);
    for (const [value, { records, bytes }] of all.slice(0, most))
      await print(`${value.replace(/[\x00-\x1f\x7f]/g, " ")}\t${records}\t${bytes}`);
    if (all.length > most) await print(`and ${all.length - most} more`);
  }
}

function toObject([value, { records, bytes }]: Counted): Count & { readonly value: string } {
  return { value, records, bytes };
}

type Counters = Readonly<Record<Facet, ValueCounter>>;

function newCounters(): Counters {
  return mapFacets(() => new ValueCounter());
}

function mapFacets<Value>(make: (facet: Facet) => Value): Readonly<Record<Facet, Value>> {
  return { type: make("type"), status: make("status"), mime: make("mime"), host: make("host"), year: make("year") };
}

export const work: FileWork<object, FileStats> = {
  module: import.meta.url,
  async run(argument, _, output) {
    await using source = await openSource(argument, output.passed.bind(output));
    const errors = new Errors();
    const report = (finding: Finding) => errors.add(source.name, finding);
    const counters = newCounters();
    const sum = { records: 0, stored: 0, plain: 0 };
    let lastOffset = -1;
    for await (const record of readRecords(source.input, { offset: source.offset, report })) {
      const values = await valuesOf(record);
      const extent = await record.end();
      sum.records++;
      sum.plain += extent.plainLength;
      // What shares a member is stored once.
      if (record.offset !== lastOffset) sum.stored += extent.length ?? 0;
      lastOffset = record.offset;
      addValues(counters, values, extent);
      await errors.tell(output);
    }
    await errors.tell(output);
    return { ...sum, errors: errors.count, counts: mapFacets((facet) => counters[facet].sorted) };
  },
};

type Values = Readonly<Record<Facet, string | undefined>>;

async function valuesOf(record: ArchiveRecord): Promise<Values> {
  const kind = messageKind(record);
  const head = kind && (await openMessage(record.block, kind)).head;
  const mime = kind ? head?.fields.get("Content-Type") : record.contentType;
  return {
    type: record.type ?? "(none)",
    status: head?.kind === "response" ? (head.status?.toString() ?? "(none)") : undefined,
    // Of requests it is that of what was sent, which is no page.
    mime: kind === "request" ? undefined : (mime?.split(";", 1)[0]?.trim().toLowerCase() ?? "(none)"),
    host: /^[a-z][a-z0-9+.-]*:\/\/(?:[^/?#@]*@)?([^/?#:]*|\[[^\]/]*\])/i.exec(record.targetUri ?? "")?.[1]?.toLowerCase(),
    year: /^\d{4}/.exec(record.date ?? "")?.[0] ?? "(none)",
  };
}

function addValues(counters: Counters, values: Values, { plainLength }: Extent): void {
  for (const facet of facets) {
    const value = values[facet];
    if (value !== undefined) counters[facet].add(value, { records: 1, bytes: plainLength });
  }
}
