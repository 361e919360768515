/**
 * A process that reads archives with warcio.js, and prints a line of JSON for each when it has come to its end: `node read-by-warcio.ts WAY FILE…`.
 * By `read` it reads the blocks as they are, by `skip` it passes over them: both are ways in which its users do it.
 */
import { createReadStream } from "node:fs";
import { basename } from "node:path";
import { WARCParser, type WARCRecord } from "warcio";

export interface ByWarcio {
  readonly file: string;
  readonly records: readonly { readonly type: string | null; readonly blockLength: number }[];
  /** What it threw or warned of. */
  readonly said: readonly string[];
}

const said: string[] = [];
for (const method of ["log", "warn", "error"] as const) console[method] = (...words: unknown[]) => said.push(words.join(" "));

const [way, ...files] = process.argv.slice(2);
for (const file of files) {
  const records: { type: string | null; blockLength: number }[] = [];
  try {
    for await (const record of new WARCParser(createReadStream(file), { parseHttp: false }))
      records.push({ type: record.warcType ?? null, blockLength: await lengthOf(record) });
  } catch (error) {
    said.push(String(error));
  }
  const line: ByWarcio = { file: basename(file), records, said: said.splice(0) };
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

async function lengthOf(record: WARCRecord): Promise<number> {
  if (way === "skip") return (await record.skipFully()) ?? 0;
  let length = 0;
  for await (const bytes of record) length += bytes.length;
  return length;
}
