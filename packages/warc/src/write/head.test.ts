import assert from "node:assert/strict";
import { test } from "node:test";
import { Fields } from "../read/fields.ts";
import { parseHead } from "../read/parse-head.ts";
import { editHead, formatHead } from "./head.ts";

test("a header is read as it was written", () => {
  const fields = [
    ["WARC-Type", "resource"],
    ["WARC-Target-URI", "http://a/é"],
    ["X-Note", "tab\tand ünïcode"],
    ["X-Note", "twice"],
    ["Content-Length", "0"],
  ] as const;
  for (const version of ["1.0", "1.1"] as const) {
    const parsed = parseHead(formatHead(version, fields));
    assert.equal(parsed.version, version);
    assert.deepEqual(parsed.quirks, []);
    assert.deepEqual(
      parsed.fields.list.map(({ name, value }) => [name, value]),
      fields.map((field) => [...field]),
    );
  }
});

test("no value can end its line, and no name can be none", () => {
  for (const value of ["a\r\nWARC-Type: warcinfo", "a\nb", "a\rb", "a\0"])
    assert.throws(() => formatHead("1.1", [["X", value]]), { code: "CONTROL_CHARACTER" });
  for (const name of ["", "a b", "a:", "é", "a\r\nb"]) assert.throws(() => formatHead("1.1", [[name, "x"]]), { code: "BAD_FIELD_NAME" });
});

/** What is before and behind, and what is changed. */
const edits: readonly (readonly [before: string, changes: Record<string, string | undefined>, behind: string])[] = [
  ["WARC/1.0\r\nA: 1\r\nB: 2\r\n\r\n", {}, "WARC/1.0\r\nA: 1\r\nB: 2\r\n\r\n"],
  ["WARC/1.0\r\nA: 1\r\nB: 2\r\n\r\n", { B: "3", C: "4" }, "WARC/1.0\r\nA: 1\r\nB: 3\r\nC: 4\r\n\r\n"],
  ["WARC/1.0\r\nA: 1\r\nB: 2\r\n\r\n", { a: undefined, c: undefined }, "WARC/1.0\r\nB: 2\r\n\r\n"],
  ["warc/0.18 \nA :1\nB:\xe9\n\n", { A: "2" }, "warc/0.18 \nA: 2\r\nB:\xe9\n\n"],
  ["WARC/1.0\r\nA: 1\r\n more\r\n\tand more\r\nB: 2\r\n\r\n", { A: "2" }, "WARC/1.0\r\nA: 2\r\nB: 2\r\n\r\n"],
  ["WARC/1.0\r\nA: 1\r\nB: 2\r\n more\r\nA: 3\r\n\r\n", { A: "4" }, "WARC/1.0\r\nA: 4\r\nB: 2\r\n more\r\n\r\n"],
  ["WARC/1.0\r\nno colon\r\n: no name\r\nA: 1\r\n\r\n", { A: "2" }, "WARC/1.0\r\nno colon\r\n: no name\r\nA: 2\r\n\r\n"],
  ["WARC/1.0\r\nA: 1", { B: "2" }, "WARC/1.0\r\nA: 1\r\nB: 2\r\n\r\n"],
];

for (const [before, changes, behind] of edits)
  test(`of ${JSON.stringify(before)} nothing but ${JSON.stringify(changes)} is changed`, () => {
    const head = Buffer.from(before, "latin1");
    const edited = editHead({ head, fields: parseHead(head).fields }, changes);
    assert.equal(Buffer.from(edited).toString("latin1"), behind);
  });

test("what is changed may not end its line either", () => {
  const head = Buffer.from("WARC/1.0\r\nA: 1\r\n\r\n");
  assert.throws(() => editHead({ head, fields: new Fields([]) }, { A: "1\r\nB: 2" }), { code: "CONTROL_CHARACTER" });
});
