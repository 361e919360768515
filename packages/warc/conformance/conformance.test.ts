import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { makeCorpus } from "./corpus.ts";
import { readOurs } from "./read-ours.ts";

const corpus = makeCorpus();

for (const [clause, files] of Map.groupBy(corpus, (each) => each.clause))
  describe(`clause ${clause}`, () => {
    for (const [requirement, each] of Map.groupBy(files, ({ requirement }) => requirement))
      test(requirement, async () => {
        for (const { file, bytes, records, findings } of each) assert.deepEqual(await readOurs(bytes), { records, findings }, file);
      });
  });

describe("the corpus", () => {
  test("is read in pieces of seven bytes as it is in one", async () => {
    for (const { file, bytes, records, findings } of corpus)
      if (bytes.length < 10_000) assert.deepEqual(await readOurs(inPieces(bytes, 7)), { records, findings }, file);
  });

  test("has a file for every finding that can be made of an archive", () => {
    const told = new Set(corpus.flatMap(({ findings }) => findings.map(({ code }) => code)));
    const codes = codesOfArchives();
    assert.ok(codes.length > 70, `only ${codes.length} codes were found`);
    assert.deepEqual(
      codes.filter((code) => !told.has(code)),
      [],
    );
  });

  test("has each file under a name of its own", () => {
    const names = corpus.map(({ file }) => file);
    assert.equal(new Set(names).size, names.length);
  });

  test("has sound files as well as broken ones, of each format and packing", () => {
    for (const ending of [".warc", ".warc.gz", ".warc.zst", ".arc"]) {
      const files = corpus.filter(({ file }) => file.endsWith(ending));
      assert.ok(files.some(({ findings }) => findings.length === 0) && files.some(({ findings }) => findings.length > 0), ending);
    }
  });
});

/** The findings that the sources can make, but for what a call throws. Those of indexes are made elsewhere. */
function codesOfArchives(): readonly string[] {
  const source = join(import.meta.dirname, "../src");
  const files = globSync("{read,bytes,http}/*.ts", { cwd: source });
  const text = files.filter((file) => !file.endsWith(".test.ts")).map((file) => readFileSync(join(source, file), "utf8"));
  const known = [...readFileSync(join(source, "../findings.md"), "utf8").matchAll(/^\| `(\w+)` \|/gm)].map((match) => match[1] ?? "");
  const all = text.join("\n");
  return known.filter((code) => new RegExp(`\\b${code}\\b`).test(all) && !new RegExp(`WarcError\\(\\s*"${code}"`).test(all));
}

async function* inPieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}
