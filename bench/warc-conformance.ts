/**
 * What warcio.js makes of the corpus of sound and broken archives: right, wrong and said, wrong in silence, or without an end.
 *   --json   ends in one line: { files, right, said, silent, hang, hangSkipping }
 */
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { ByWarcio } from "./archives/read-by-warcio.ts";
import { runKilled } from "./archives/run-killed.ts";
import { versionOf } from "./contenders/version-of.ts";
import { table } from "./measure/table.ts";

/** As corpus.json has it. */
interface CorpusFile {
  readonly file: string;
  readonly clause: string;
  readonly made: string;
  readonly records: ByWarcio["records"];
  readonly findings: readonly unknown[];
}

/** A file that is read rightly is so whether anything is said of it or not. */
type Verdict = "right" | "said" | "silent" | "hang";

const isJson = process.argv.includes("--json");
const patience = 5_000;
const conformance = join(import.meta.dirname, "../packages/warc/conformance");
const folder = await mkdtemp(join(tmpdir(), "fettle-warc-conformance-"));
try {
  await promisify(execFile)(process.execPath, [join(conformance, "make-corpus.ts"), folder]);
  const corpus: CorpusFile[] = JSON.parse(await readFile(join(folder, "corpus.json"), "utf8"));
  const read = await readAll("read", corpus);
  const hung = new Set((await readAll("skip", corpus)).flatMap((one, at) => (one ? [] : [corpus[at]?.file])));
  report(
    corpus.map((file, at) => ({ ...file, verdict: judge(file, read[at]), said: read[at]?.said ?? [], hangsSkipping: hung.has(file.file) })),
  );
} finally {
  await rm(folder, { recursive: true, force: true });
}

async function readAll(way: string, corpus: readonly CorpusFile[]): Promise<readonly (ByWarcio | undefined)[]> {
  const program = [join(import.meta.dirname, "archives/read-by-warcio.ts"), way];
  const lines = await runKilled(
    program,
    corpus.map(({ file }) => join(folder, file)),
    patience,
  );
  return lines.map((line) => (line === undefined ? undefined : JSON.parse(line)));
}

function judge({ records }: CorpusFile, read: ByWarcio | undefined): Verdict {
  if (!read) return "hang";
  const shape = (all: ByWarcio["records"]) => all.map(({ type, blockLength }) => `${type} ${blockLength}`).join();
  if (shape(records) === shape(read.records)) return "right";
  return read.said.length > 0 ? "said" : "silent";
}

interface Judged extends CorpusFile {
  readonly verdict: Verdict;
  readonly said: readonly string[];
  readonly hangsSkipping: boolean;
}

function report(judged: readonly Judged[]): void {
  console.log(`${versionOf("warcio")} on ${judged.length} archives; killed after ${patience / 1000} s without an end\n`);
  const byClause = Map.groupBy(judged, ({ clause }) => /^(RFC \d+|ARC|warc-zstd|\w)/.exec(clause)?.[0] ?? clause);
  const rows = [...byClause, ["all", judged] as const].map(([clause, all]) => [clause, ...Object.values(count(all))]);
  console.log(table(["CLAUSE", "FILES", "RIGHT", "WRONG, SAID", "WRONG, SILENT", "NO END", "NO END SKIPPING"], rows));
  const sound = judged.filter(({ findings }) => findings.length === 0);
  const misread = sound.filter(({ verdict }) => verdict !== "right").length;
  console.log(`\n${misread} of the ${sound.length} sound ones are not read rightly. All that are not:\n`);
  const wrong = judged.filter(({ verdict, hangsSkipping }) => verdict !== "right" || hangsSkipping);
  const cells = wrong.map(({ file, made, verdict, hangsSkipping, said }) => [
    file,
    hangsSkipping ? `${verdict}, no end skipping` : verdict,
    made,
    (said[0] ?? "").slice(0, 60),
  ]);
  console.log(table(["FILE", "READ", "MADE", "SAID"], cells));
  if (isJson) console.log(JSON.stringify(count(judged)));
}

function count(all: readonly Judged[]) {
  const of = (verdict: Verdict) => all.filter((one) => one.verdict === verdict).length;
  const hangSkipping = all.filter(({ hangsSkipping }) => hangsSkipping).length;
  return { files: all.length, right: of("right"), said: of("said"), silent: of("silent"), hang: of("hang"), hangSkipping };
}
