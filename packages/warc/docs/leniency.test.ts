import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { makeCorpus } from "../conformance/corpus.ts";

const read = (name: string) => readFileSync(join(import.meta.dirname, name), "utf8");
const named = new Set([...read("leniency.md").matchAll(/`([A-Z][A-Z0-9_]{5,})`/g)].map((match) => match[1] ?? ""));

test("every finding that the reader makes is explained", () => {
  // The conformance suite has a file for each of them, and a test that it has.
  const made = new Set(makeCorpus().flatMap(({ findings }) => findings.map(({ code }) => code)));
  assert.ok(made.size > 70, `only ${made.size} codes were found`);
  assert.deepEqual(
    [...made].filter((code) => !named.has(code)),
    [],
  );
});

test("nothing is explained that is no finding", () => {
  const known = new Set([...read("../findings.md").matchAll(/^\| `(\w+)` \|/gm)].map((match) => match[1] ?? ""));
  assert.deepEqual(
    [...named].filter((code) => !known.has(code)),
    [],
  );
});
