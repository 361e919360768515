import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import fc from "fast-check";
import { Dechunker } from "./dechunker.ts";

interface Vector {
  readonly mode: string;
  readonly input: string;
  readonly ok: boolean;
  readonly body: string | null;
}

// Taken from the tests of jwarc (Apache-2.0).
const vectors: Vector[] = JSON.parse(readFileSync(join(import.meta.dirname, "../../fixtures/http-parser.json"), "utf8"));

function dechunk(...pieces: (string | Uint8Array)[]) {
  const given: Uint8Array[] = [];
  const dechunker = new Dechunker(10, (piece) => given.push(piece));
  for (const piece of pieces) dechunker.write(typeof piece === "string" ? Buffer.from(piece, "latin1") : piece);
  dechunker.end();
  const findings = dechunker.findings.map(({ code, at }) => `${code} ${at}`);
  return { body: Buffer.concat(given).toString("latin1"), findings, isChunked: dechunker.isChunked };
}

describe("a chunked body", () => {
  for (const { input, body, ok } of vectors.filter(({ mode }) => mode === "chunked"))
    test(`as jwarc reads it: ${JSON.stringify(input)}`, () => {
      const read = dechunk(input);
      assert.equal(read.body, body ?? "");
      if (!ok) assert.notDeepEqual(read.findings, []);
    });

  for (const [what, input, body, findings] of [
    ["sizes of eight digits", "00000003\r\nabc\r\n00000000\r\n\r\n", "abc", []],
    ["sizes in upper case", `1A\r\n${"x".repeat(26)}\r\n0\r\n\r\n`, "x".repeat(26), []],
    ["extensions", '3;a="b;c"\r\nabc\r\n0;x\r\n\r\n', "abc", []],
    ["trailers", "3\r\nabc\r\n0\r\nA: b\r\nC: d\r\n\r\n", "abc", []],
    ["bare LF", "3\nabc\n0\n\n", "abc", ["CHUNK_LF_LINE_ENDS 10"]],
    ["no line end behind the data", "3\r\nabc2\r\nde\r\n0\r\n\r\n", "abcde", ["CHUNK_END 16"]],
    ["an empty line for a size", "3\r\nabc\r\n\r\n0\r\n\r\n", "abc", ["CHUNK_SIZE 18"]],
    ["a size that is none", "3\r\nabc\r\nxyz\r\n0\r\n\r\n", "abc", ["CHUNK_SIZE 18"]],
    ["a size beyond all", "3\r\nabc\r\nffffffffffffffff\r\n0\r\n\r\n", "abc", ["CHUNK_SIZE 18"]],
    ["an end in the data", "8\r\nabc", "abc", ["CHUNKS_CUT 16"]],
    ["an end in a size", "3\r\nabc\r\n1", "abc", ["CHUNKS_CUT 19"]],
    ["an end in the trailer", "3\r\nabc\r\n0\r\n", "abc", ["CHUNKS_CUT 21"]],
    ["more behind the last", "1\r\na\r\n0\r\n\r\nabc", "a", ["AFTER_CHUNKS 21"]],
    ["only the label", "<html>\r\n</html>", "<html>\r\n</html>", ["NOT_CHUNKED 10"]],
    ["only the label, and digits", "12", "12", ["NOT_CHUNKED 10"]],
    ["a trailer without end", `1\r\na\r\n0\r\n${"a: b\r\n".repeat(20_000)}`, "a", ["CHUNK_TRAILER_TOO_LONG"]],
  ] as const)
    test(`with ${what} is read`, () => {
      const read = dechunk(input);
      assert.equal(read.body, body);
      assert.deepEqual(
        read.findings.map((found, index) => (findings[index]?.includes(" ") ? found : found.split(" ")[0])),
        findings,
      );
    });

  test("says whether it was one", () => {
    assert.equal(dechunk("0\r\n\r\n").isChunked, true);
    assert.equal(dechunk("<html>").isChunked, false);
  });

  test("is the same however it is split, and as it was before it was chunked", () => {
    const chunks = fc.array(fc.uint8Array({ minLength: 1, maxLength: 40 }));
    const cuts = fc.array(fc.nat({ max: 500 }));
    fc.assert(
      fc.property(chunks, cuts, (parts, at) => {
        const coded = Buffer.concat([
          ...parts.flatMap((part) => [Buffer.from(`${part.length.toString(16)}\r\n`), part, Buffer.from("\r\n")]),
          Buffer.from("0\r\n\r\n"),
        ]);
        assert.deepEqual(dechunk(...split(coded, at)), { body: Buffer.concat(parts).toString("latin1"), findings: [], isChunked: true });
      }),
    );
  });

  test("of any bytes is read without an error, and the same however it is split", () => {
    const part = fc.constantFrom("0", "3", "a", "\r\n", "\n", "\r", ";", " ", "abc", "x");
    const anyText = fc.array(part).map((parts) => Buffer.from(parts.join(""), "latin1"));
    fc.assert(
      fc.property(anyText, fc.array(fc.nat({ max: 50 })), (input, at) => assert.deepEqual(dechunk(...split(input, at)), dechunk(input))),
      { numRuns: 1000 },
    );
  });
});

function split(bytes: Uint8Array, at: readonly number[]): Uint8Array[] {
  const cuts = [0, ...at.filter((cut) => cut < bytes.length).sort((one, other) => one - other), bytes.length];
  return cuts.slice(1).map((cut, index) => bytes.subarray(cuts[index], cut));
}
