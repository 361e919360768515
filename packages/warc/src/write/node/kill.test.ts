import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempDisposable, readdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { test } from "node:test";
import { openFile } from "../../bytes/file.ts";
import { readRecords } from "../../read/read-records.ts";
import type { Written } from "../warc-writer.ts";

/** Writes records of all sizes without end, and tells of each once it is said to be written. */
const crawl = `
  import { writeSync } from "node:fs";
  import { join } from "node:path";
  import { WarcWriter } from ${JSON.stringify(join(import.meta.dirname, "../warc-writer.ts"))};
  import { createFile } from ${JSON.stringify(join(import.meta.dirname, "create-file.ts"))};
  const [folder, kind] = process.argv.slice(1);
  const writer = new WarcWriter({ create: (name) => createFile(join(folder, name)), name: "crawl-{serial}", packing: { kind }, maxSize: 4e6 });
  for (let number = 0; ; number++) {
    const size = number % 7 === 6 ? 1_500_000 : number * 997 % 50_000;
    const block = new Blob([Buffer.alloc(size, "record " + number)]).stream();
    const written = await writer.append({ type: "resource", date: new Date(), targetUri: "http://a/" + number, contentType: "text/plain", block });
    writeSync(1, JSON.stringify(written) + "\\n");
  }
`;

for (const [kind, after] of [
  ["gzip", [1, 6, 13]],
  ["plain", [2, 7, 19]],
  ["zstd", [11]],
] as const)
  test(`a writer that is killed has lost no record that was written: ${kind}`, async () => {
    for (const records of after) {
      await using folder = await mkdtempDisposable(join(tmpdir(), "kill-"));
      const written = await crawlUntilKilled(folder.path, kind, records);
      assert.ok(written.length >= records);
      const files = await readdir(folder.path);
      assert.equal(files.filter((name) => name.endsWith(".open")).length, 1);
      for (const name of files) {
        const of = written.filter(({ file }) => name.startsWith(file));
        const { ends, findings } = await readWhole(join(folder.path, name));
        for (const { id, offset, length } of of) assert.equal(ends.get(id ?? ""), offset + length);
        const end = Math.max(0, ...of.map(({ offset, length }) => offset + length));
        for (const { code, offset } of findings) assert.ok(name.endsWith(".open") && offset >= end, `${code} at ${offset}, before ${end}`);
      }
    }
  });

async function crawlUntilKilled(folder: string, kind: string, after: number): Promise<Written[]> {
  const child = spawn(process.execPath, ["--input-type=module", "--eval", crawl, folder, kind], { stdio: ["ignore", "pipe", "inherit"] });
  const closed = once(child, "close");
  const written: Written[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    written.push(JSON.parse(line));
    if (written.length === after) child.kill("SIGKILL");
  }
  await closed;
  return written;
}

async function readWhole(path: string) {
  await using file = await openFile(path);
  const ends = new Map<string, number>();
  const findings: { code: string; offset: number }[] = [];
  for await (const record of readRecords(file, { report: (finding) => findings.push(finding) })) {
    const { length, cut } = await record.end();
    if (!cut && length !== undefined && record.id) ends.set(record.id, record.offset + length);
  }
  return { ends, findings };
}
