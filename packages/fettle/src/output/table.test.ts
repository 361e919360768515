import assert from "node:assert/strict";
import { test } from "node:test";
import { stripVTControlCharacters } from "node:util";
import { alignedTable, cut, plain, tabbedTable, wrapped } from "./table.ts";

const row = { KEY: "prod-1", MACHINE: "postgres/failover", ERROR: "a long story about a switch that nobody had on the list" };

test("columns are aligned, and nothing is cut that fits", () => {
  assert.equal(
    stripVTControlCharacters(alignedTable([row, { KEY: "b", MACHINE: "c", ERROR: "" }], 200)),
    ["KEY     MACHINE            ERROR", `prod-1  postgres/failover  ${row.ERROR}`, "b       c"].join("\n"),
  );
});

test("a narrow terminal cuts the widest columns and never the key", () => {
  for (const width of [30, 40, 50, 60]) {
    const lines = stripVTControlCharacters(alignedTable([row], width)).split("\n");
    assert.ok(
      lines.every((line) => [...line].length <= width),
      lines.join("\n"),
    );
    assert.match(lines[1] ?? "", /^prod-1 .*…$/);
  }
});

test("a cut text keeps its colour, and ends it", () => {
  assert.equal(cut("\u001b[31mfencing\u001b[39m", 4), "\u001b[31mfen…\u001b[39m");
  assert.equal(cut("\u001b[1ma\u001b[22m bcdef", 4), "a b…");
});

test("text from outside commands neither the terminal nor the rows", () => {
  const nasty = "one\ttwo\nthree\u001b[2Jfour\u001b]0;title\u0007";
  assert.doesNotMatch(plain(nasty), /\p{Cc}/u);
  assert.equal(tabbedTable([{ A: nasty, B: "b" }]).split("\t").length, 2);
  assert.equal(tabbedTable([{ A: nasty, B: "b" }]).split("\n").length, 1);
  assert.doesNotMatch(
    alignedTable([{ A: nasty, B: "b" }], 80)
      .replaceAll(/\u001b\[\d+m/g, "")
      .replaceAll("\n", ""),
    /\p{Cc}/u,
  );
});

test("a pipe's table is whole, without a header", () => {
  assert.equal(tabbedTable([row]), `prod-1\tpostgres/failover\t${row.ERROR}`);
});

test("long text breaks between words", () => {
  assert.deepEqual(wrapped("one two three", 8), ["one two", "three"]);
  assert.deepEqual(wrapped("unbreakable", 4), ["unbreakable"]);
});
