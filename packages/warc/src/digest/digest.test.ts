import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import fc from "fast-check";
import * as node from "#hash";
import { type Algorithm, algorithmOf, digestLengths } from "./algorithm.ts";
import { decode, encode } from "./base.ts";
import { checkDigest } from "./check-digest.ts";
import { formatDigest, parseDigest } from "./labelled-digest.ts";
import * as web from "./platform-hash-web.ts";

const algorithms = Object.keys(digestLengths) as Algorithm[];
const anyAlgorithm = fc.constantFrom(...algorithms);
const text = new TextEncoder();

type Written = Record<"base32" | "hex" | "base64", string>;

// Taken from the tests of jwarc (Apache-2.0).
const vectors: { input: string; sha1: Written; sha256: Written; labels: string[] } = JSON.parse(
  readFileSync(join(import.meta.dirname, "../../fixtures/digests.json"), "utf8"),
);

describe("a labelled digest", () => {
  for (const algorithm of ["sha1", "sha256"] as const)
    for (const [base, value] of Object.entries(vectors[algorithm]))
      test(`is right in ${base} of ${algorithm}, with padding and without`, () => {
        for (const written of [value, value.replace(/=+$/, "")])
          assert.equal(checkDigest(`${algorithm}:${written}`, text.encode(vectors.input)).result, "ok");
      });

  test("is right under every way to write its label", () => {
    const value = vectors.sha1.base32;
    for (const declared of [...vectors.labels, `sha1:${value}`, `SHA-1:${value}`, `sha_1: ${value}`, `sha1:${value.toLowerCase()}`])
      assert.equal(checkDigest(declared, text.encode(vectors.input)).result, "ok", declared);
  });

  test("is bad where the bytes have another, and tells both", () => {
    const expected = `sha1:${vectors.sha1.hex}`;
    const computed = "sha1:3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ";
    assert.deepEqual(checkDigest(expected, new Uint8Array(0)), { result: "bad", algorithm: "sha1", expected, computed });
  });

  test("is bad where it can be no digest of what its label names", () => {
    for (const declared of ["sha1:", "sha1:abc", `md5:${vectors.sha1.hex}`, `sha1:${"!".repeat(32)}`, `sha1:${"é".repeat(40)}`])
      assert.equal(checkDigest(declared, text.encode(vectors.input)).result, "bad", declared);
  });

  test("is unknown without a label that we can compute, and absent where there is none", () => {
    for (const declared of ["", vectors.sha1.hex, "sharif-1; omar", "crc32:deadbeef", "constructor:00"])
      assert.deepEqual(checkDigest(declared, new Uint8Array(0)), { result: "unknown", expected: declared });
    assert.deepEqual(checkDigest(undefined, new Uint8Array(0)), { result: "absent" });
  });

  test("is read again as it was written", () => {
    fc.assert(
      fc.property(anyAlgorithm, fc.uint8Array({ maxLength: 100 }), (algorithm, bytes) => {
        const digest = new Uint8Array(node.hashOf(algorithm, bytes));
        assert.equal(digest.length, digestLengths[algorithm]);
        assert.deepEqual(parseDigest(formatDigest(algorithm, digest)), { kind: "digest", algorithm, bytes: digest });
      }),
    );
  });

  test("of any text is read without an error", () => {
    fc.assert(fc.property(fc.string(), (value) => void checkDigest(value, new Uint8Array(0))));
    fc.assert(fc.property(fc.string(), (value) => void checkDigest(`sha1:${value}`, new Uint8Array(0))));
  });

  // What takes a time that grows with the square of this never ends, and its file is killed.
  test("of a megabyte of padding is read to its end", () => {
    assert.equal(parseDigest(`sha1:${"=".repeat(1 << 20)}x`).kind, "malformed");
  });
});

describe("a base", () => {
  for (const base of ["base16", "base32", "base64"] as const)
    test(`${base} gives back the bytes it was given`, () => {
      fc.assert(fc.property(fc.uint8Array({ maxLength: 70 }), (bytes) => assert.deepEqual(decode(base, encode(base, bytes)), bytes)));
    });

  test("agrees with another writer", () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        assert.equal(encode("base16", bytes), Buffer.from(bytes).toString("hex"));
        assert.equal(encode("base64", bytes), Buffer.from(bytes).toString("base64").replace(/=+$/, ""));
      }),
    );
  });
});

describe("a digest", () => {
  test("is the same in Node and in a browser, whole and in pieces", () => {
    fc.assert(
      fc.property(anyAlgorithm, fc.array(fc.uint8Array()), (algorithm, pieces) => {
        const whole = Buffer.concat(pieces);
        const expected = new Uint8Array(
          algorithm === "blake3" ? web.hashOf(algorithm, whole) : createHash(algorithm).update(whole).digest(),
        );
        for (const platform of [node, web]) {
          const hash = platform.startHash(algorithm);
          for (const piece of pieces) hash.update(piece);
          assert.deepEqual(new Uint8Array(hash.digest()), expected);
          assert.deepEqual(new Uint8Array(platform.hashOf(algorithm, whole)), expected);
        }
      }),
    );
  });

  test("of blake3 is that of its authors' first vector", () => {
    const expected = "blake3:af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262";
    assert.equal(formatDigest("blake3", node.hashOf("blake3", new Uint8Array(0))), expected);
  });

  test("has no other names", () => {
    assert.equal(algorithmOf("SHA-256"), "sha256");
    assert.equal(algorithmOf("toString"), undefined);
  });
});
