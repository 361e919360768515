import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import fc from "fast-check";
import { locateFinding } from "./block-finding.ts";
import { parseHttpHead, scanHttpHead } from "./parse-http-head.ts";

interface Vector {
  readonly mode: string;
  readonly input: string;
  readonly ok: boolean;
  readonly target?: string;
  readonly status?: number;
  readonly reason?: string | null;
  readonly version?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string;
  readonly bodyBytesLeft?: number;
}

// Taken from the tests of jwarc (Apache-2.0).
const vectors: Vector[] = JSON.parse(readFileSync(join(import.meta.dirname, "../../fixtures/http-parser.json"), "utf8"));
const bytes = (text: string) => Uint8Array.from(text, (character) => character.charCodeAt(0));
const response = (text: string) => parseHttpHead(bytes(text), "response");
const codes = (text: string) => response(text).findings.map(({ code }) => code);

describe("every head that jwarc tests", () => {
  for (const vector of vectors.filter(({ mode }) => mode !== "chunked"))
    test(`${vector.mode}: ${JSON.stringify(vector.input)}`, () => {
      const kind = /request/i.test(vector.mode) ? "request" : "response";
      const { head, bodyAt, findings } = parseHttpHead(bytes(vector.input), kind);
      assert.ok(head, "is read");
      // What a strict parser refuses, is read here and told.
      if (vector.mode.startsWith("strict")) assert.equal(findings.length === 0, vector.ok, JSON.stringify(findings));
      if (head.kind === "request" && vector.target !== undefined) assert.equal(head.target, vector.target);
      if (head.kind === "response" && vector.status !== undefined) assert.equal(head.status, vector.status);
      if (head.kind === "response" && vector.reason !== undefined) assert.equal(head.reason ?? null, vector.reason);
      if (vector.version !== undefined) assert.equal(`HTTP/${head.version ?? "0.0"}`, vector.version);
      for (const [name, value] of Object.entries(vector.headers ?? {})) assert.equal(head.fields.get(name), value);
      if (vector.body !== undefined) assert.equal(vector.input.slice(bodyAt), vector.body);
      if (vector.bodyBytesLeft !== undefined) assert.equal(vector.input.length - bodyAt, vector.bodyBytesLeft);
    });
});

describe("the head of a response", () => {
  test("has no findings where it is as it should be", () => {
    const { head, bodyAt, findings } = response("HTTP/1.1 404 Not Found\r\nA: 1\r\nB:2\r\na: 3,x;q=1\r\n\r\nbody");
    assert.deepEqual(findings, []);
    assert.equal(bodyAt, 49);
    assert.ok(head?.kind === "response" && head.status === 404 && head.reason === "Not Found" && head.version === "1.1");
    assert.deepEqual(
      head.fields.list.map(({ name, value, at }) => [name, value, at]),
      [
        ["A", "1", 24],
        ["B", "2", 30],
        ["a", "3,x;q=1", 35],
      ],
    );
    assert.deepEqual(head.fields.tokens("A"), ["1", "3", "x"]);
  });

  for (const [text, ...expected] of [
    ["HTTP/1.1 0 \r\n\r\n", "HTTP_STATUS_LINE", "HTTP_STATUS"],
    ["HTTP/1.1\r\n\r\n", "HTTP_STATUS_LINE", "HTTP_STATUS"],
    ["http/1.1 200 OK\r\n\r\n", "HTTP_STATUS_LINE"],
    ["HTTP 200 OK\r\n\r\n", "HTTP_STATUS_LINE"],
    ["HTTP/2 200\r\n\r\n", "HTTP_STATUS_LINE", "HTTP_VERSION"],
    ["\r\nHTTP/1.1 200 OK\r\n\r\n", "HTTP_LEADING_LINES"],
    ["HTTP/1.1 200 OK\nA: b\n\n", "HTTP_LF_LINE_ENDS"],
    ["HTTP/1.1 200 OK\r\nA : b\r\n\r\n", "HTTP_SPACE_BEFORE_COLON"],
    ["HTTP/1.1 200 OK\r\n: b\r\n\r\n", "HTTP_FIELD_NAME"],
    ["HTTP/1.1 200 OK\r\nb\r\n\r\n", "HTTP_NO_COLON"],
    ["HTTP/1.1 200 OK\r\n b\r\n\r\n", "HTTP_FOLDED_START_LINE"],
    ["HTTP/1.1 200 OK\r\nA: b\r\n\tc\r\n\r\n", "HTTP_FOLDED_FIELD"],
    ["HTTP/1.1 200 OK\r\nA: \x00\r\n\r\n", "HTTP_CONTROL_CHARACTER"],
    ["HTTP/1.1 200 OK\r\nA: \xe9\r\n\r\n", "HTTP_NOT_UTF8"],
    ["HTTP/1.1 200 OK\r\nA: b", "HTTP_HEAD_CUT"],
    ["<html>\r\n\r\n</html>", "NO_HTTP_HEAD"],
    ["", "NO_HTTP_HEAD"],
  ] as const)
    test(`${JSON.stringify(text)} is read with ${expected.join(" and ")}`, () => assert.deepEqual(codes(text), expected));

  test("is UTF-8 where it can be that, else Latin-1, a field at a time", () => {
    const { head } = response("HTTP/1.1 200 \xc3\xa9\r\nA: \xc3\xa9\r\nB: \xe9\x80\r\n\r\n");
    assert.ok(head?.kind === "response");
    assert.deepEqual([head.reason, head.fields.get("a"), head.fields.get("b")], ["é", "é", "é\x80"]);
  });

  test("may have the character that stands for bad bytes", () => {
    const { head, findings } = response("HTTP/1.1 200 OK\r\nA: \xef\xbf\xbd\r\n\r\n");
    assert.deepEqual([head?.fields.get("A"), findings], ["\ufffd", []]);
  });

  test("that is only HTML leaves the whole block as the body", () => {
    const { head, bodyAt } = response("<html>\r\n\r\n</html>");
    assert.deepEqual({ head, bodyAt }, { head: undefined, bodyAt: 0 });
  });

  test("that never ends is given up at a megabyte", () => {
    assert.deepEqual(codes(`HTTP/1.1 200 OK\r\n${"A: b\r\n".repeat(200_000)}`), ["HTTP_HEAD_TOO_LONG"]);
  });

  // What takes a time that grows with the square of this never ends, and its file is killed.
  test("of a megabyte of the worst lines is read to its end", () => {
    for (const line of ["a\n", " \n", ":\n", " a:\n", "a :\n", "\r", "   ", "\xe9\n", "a: \xe9\n"]) {
      const { bodyAt } = response(`HTTP/1.1 200 OK\n${line.repeat(Math.floor(1_000_000 / line.length))}\n\n`);
      assert.ok(bodyAt > 0, JSON.stringify(line));
    }
  });
});

test("a finding in a block stands at the place of its record", () => {
  const [finding] = response("HTTP/1.1 200 OK\r\nb\r\n\r\n").findings;
  assert.ok(finding);
  const place = { number: 3, offset: 100, plainOffset: 100, head: new Uint8Array(50) };
  const plain = locateFinding(finding, place);
  assert.deepEqual([plain.record, plain.offset, plain.plainOffset, "at" in plain], [3, 167, 167, false]);
  assert.equal(locateFinding(finding, { ...place, offset: 40 }).offset, 40);
});

test("no bytes make a head throw, and its end is where the blank line is", () => {
  const part = fc.constantFrom("HTTP/1.1 200 OK", "GET / HTTP/1.1", "\r\n", "\n", ":", " ", "\t", "A", "\xe9", "\x00", "\r", "é");
  const anyBytes = fc.oneof(
    fc.uint8Array(),
    fc.array(part).map((parts) => bytes(parts.join(""))),
  );
  fc.assert(
    fc.property(anyBytes, fc.constantFrom("request", "response"), (input, kind) => {
      const { head, bodyAt, findings } = parseHttpHead(input, kind);
      if (head) assert.equal(bodyAt, scanHttpHead(input).end ?? input.length);
      for (const { at } of findings) assert.ok(at >= 0 && at <= input.length);
    }),
    { numRuns: 2000 },
  );
});
