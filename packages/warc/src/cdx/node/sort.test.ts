import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempDisposable, readdir, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import { promisify } from "node:util";
import fc from "fast-check";
import { longestLine } from "../lines.ts";
import { mergeIndexes, type SortOptions, type SortSource, sortIndex } from "./sort.ts";

describe("a sorted index", () => {
  test("has every line of its sources, in the order of bytes, as sort has it", async () => {
    await using folder = await mkdtempDisposable(join(tmpdir(), "sort-"));
    const line = fc.string({ unit: "grapheme", minLength: 1, maxLength: 8 }).filter((text) => !/[\r\n]|^.CDX/.test(text) && text !== "");
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(line)), fc.integer({ min: 1, max: 40 }), fc.boolean(), async (files, memory, unique) => {
        const sorted = await sort(
          folder.path,
          files.map((lines) => lines.join("\n")),
          { memory, unique },
        );
        const all = files.flat().map((text) => Buffer.from(text));
        const expected = all.sort(Buffer.compare).map(String);
        assert.deepEqual(sorted, unique ? [...new Set(expected)] : expected);
      }),
      { numRuns: 60 },
    );
    assert.deepEqual(await readdir(folder.path), ["out"]);
  });

  test("is what the sort of the system gives, from more runs than can be open at once", async () => {
    await using folder = await mkdtempDisposable(join(tmpdir(), "sort-"));
    const lines = Array.from({ length: 20_000 }, (_, index) => `com,site${(index * 7919) % 20_011})/é${index % 100} 2020`);
    const sorted = await sort(folder.path, [lines.join("\r\n")], { memory: 4000 });
    await writeFile(join(folder.path, "in"), `${lines.join("\n")}\n`);
    const theirs = await promisify(execFile)("sort", [join(folder.path, "in")], {
      env: { ...process.env, LC_ALL: "C" },
      maxBuffer: 1 << 24,
    });
    assert.deepEqual(sorted, theirs.stdout.trimEnd().split("\n"));
  });

  test("has the header once, on top", async () => {
    await using folder = await mkdtempDisposable(join(tmpdir(), "sort-"));
    const sorted = await sort(folder.path, [" CDX N b a\nb 1 x\n", " CDX N b a\n a 1 x\n!meta {}\na 1 x"]);
    assert.deepEqual(sorted, [" CDX N b a", " a 1 x", "!meta {}", "a 1 x", "b 1 x"]);
  });

  test("leaves the old file and nothing else when it cannot be made", async () => {
    await using folder = await mkdtempDisposable(join(tmpdir(), "sort-"));
    await writeFile(join(folder.path, "out"), "old");
    await assert.rejects(sort(folder.path, [" CDX N b a\n", " CDX N b\n"]), { code: "MIXED_LEGENDS" });
    await assert.rejects(sort(folder.path, ["x".repeat(longestLine + 1)]), { code: "LINE_TOO_LONG" });
    async function* broken(): AsyncGenerator<Uint8Array> {
      yield Buffer.from("a\nb\n");
      throw new Error("the disk is gone");
    }
    await assert.rejects(sortIndex([{ name: "disk", bytes: broken() }], join(folder.path, "out"), { memory: 1 }), /the disk is gone/);
    assert.deepEqual(await readdir(folder.path), ["out"]);
    assert.equal(await readFile(join(folder.path, "out"), "utf8"), "old");
  });
});

describe("merged indexes", () => {
  test("are what sorting them all would give", async () => {
    await using folder = await mkdtempDisposable(join(tmpdir(), "merge-"));
    const line = fc.stringMatching(/^[a-d]{1,3}$/);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(line)), fc.boolean(), async (files, unique) => {
        const sorted = files.map((lines) => [" CDX N b a", ...lines.toSorted()].join("\n"));
        const output = join(folder.path, "out");
        const count = await mergeIndexes(sources(sorted), output, { unique });
        const merged = (await readFile(output, "utf8")).split("\n").slice(0, -1);
        const all = files.flat().sort();
        assert.deepEqual(merged, [...(files.length > 0 ? [" CDX N b a"] : []), ...(unique ? new Set(all) : all)]);
        assert.equal(count, unique ? new Set(all).size : all.length);
      }),
      { numRuns: 60 },
    );
  });

  test("are refused where one of them is not sorted", async () => {
    await using folder = await mkdtempDisposable(join(tmpdir(), "merge-"));
    await assert.rejects(mergeIndexes(sources(["a\nc\n", "b\na\n"]), join(folder.path, "out")), { code: "NOT_SORTED", message: /file 1/ });
    assert.deepEqual(await readdir(folder.path), []);
  });
});

async function sort(folder: string, files: readonly string[], options: SortOptions = {}): Promise<string[]> {
  const count = await sortIndex(sources(files), join(folder, "out"), options);
  const lines = (await readFile(join(folder, "out"), "utf8")).split("\n").slice(0, -1);
  assert.equal(lines.filter((line) => !/^ CDX/.test(line)).length, count);
  return lines;
}

function sources(files: readonly string[]): SortSource[] {
  return files.map((text, index) => ({ name: `file ${index}`, bytes: pieces(Buffer.from(text)) }));
}

async function* pieces(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let from = 0; from < bytes.length; from += 1013) yield bytes.subarray(from, from + 1013);
}
