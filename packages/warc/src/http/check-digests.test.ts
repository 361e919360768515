import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { describe, test } from "node:test";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { encode } from "../digest/base.ts";
import { checkDigests, checkDigestsNow } from "./check-digests.ts";
import type { DeclaredDigests, DigestChecks } from "./digest-pass.ts";

async function* pieces(bytes: Uint8Array, size: number) {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

const text = (value: string) => Buffer.from(value, "latin1");
const sha1 = "sha1:3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ";

function checkNow(block: Uint8Array, declared: DeclaredDigests): DigestChecks {
  const checks = checkDigestsNow(block, declared);
  assert.ok(!(checks instanceof Promise));
  return checks;
}

describe("a payload digest", () => {
  const response = { block: undefined, payload: sha1, message: "response", isElsewhere: false } as const;

  test("is unknown where the payload is elsewhere or nobody knows its algorithm, and absent where there is none", () => {
    const block = text("HTTP/1.1 200 OK\r\n\r\n");
    assert.equal(checkNow(block, { ...response, isElsewhere: true }).payload.result, "unknown");
    assert.equal(checkNow(block, { ...response, payload: "xyz:abc" }).payload.result, "unknown");
    assert.equal(checkNow(block, { ...response, payload: undefined }).payload.result, "absent");
  });

  test("of a body with no chunks under the label of some is of the body as it stands, and that is told", () => {
    const block = text("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n<html>");
    const payload = `md5:${createHash("md5").update("<html>").digest("hex")}`;
    const { payload: check, findings } = checkNow(block, { ...response, payload });
    assert.equal(check.result === "ok" && check.convention, "transfer-encoded");
    assert.deepEqual(
      findings.map(({ code }) => code),
      ["NOT_CHUNKED"],
    );
  });

  for (const chunked of [false, true])
    test(`of an unpacked ${chunked ? "and chunked " : ""}body takes more than a moment, and is found`, async () => {
      const packed = gzipSync("<html>");
      const body = chunked ? Buffer.concat([text(`${packed.length.toString(16)}\r\n`), packed, text("\r\n0\r\n\r\n")]) : packed;
      const fields = `Content-Encoding: gzip\r\n${chunked ? "Transfer-Encoding: chunked\r\n" : ""}`;
      const block = Buffer.concat([text(`HTTP/1.1 200 OK\r\n${fields}\r\n`), body]);
      const declared = { ...response, payload: `md5:${createHash("md5").update("<html>").digest("hex")}` };
      const later = checkDigestsNow(block, declared);
      assert.ok(later instanceof Promise);
      assert.deepEqual(await later, await checkDigests([block], declared));
      for (const size of [3, 1000]) {
        const { payload } = await checkDigests(pieces(block, size), declared);
        assert.equal(payload.result === "ok" && payload.convention, "decoded");
      }
      const { payload } = await checkDigests([block], { ...declared, payload: sha1 });
      const entity = `sha1:${encode("base32", createHash("sha1").update(packed).digest())}`;
      assert.deepEqual(payload, { result: "bad", algorithm: "sha1", expected: sha1, computed: entity });
    });

  test("of megabytes of chunks of one byte takes neither long nor much", async () => {
    const fields = "Content-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n";
    const block = Buffer.concat([text(`HTTP/1.1 200 OK\r\n${fields}\r\n`), Buffer.alloc(6 << 20, "1\r\na\r\n")]);
    const before = process.memoryUsage().rss;
    const { payload } = await checkDigests([block], response);
    assert.equal(payload.result, "bad");
    assert.ok(process.memoryUsage().rss - before < 128 << 20);
  });

  test("is the same in one pass over pieces of any size, whatever the block", async () => {
    const part = fc.constantFrom("HTTP/1.1 200 OK\r\n", "Transfer-Encoding: chunked\r\n", "\r\n", "3\r\nabc\r\n", "0\r\n\r\n", "x", "\n");
    const blocks = fc.array(part, { maxLength: 12 }).map((parts) => text(parts.join("")));
    await fc.assert(
      fc.asyncProperty(
        blocks,
        fc.integer({ min: 1, max: 30 }),
        fc.constantFrom("request", "response", undefined),
        async (block, size, message) => {
          for (const declared of [sha1, "sha256:x", "none"].map((digest) => ({ ...response, block: digest, payload: sha1, message })))
            assert.deepEqual(await checkDigests(pieces(block, size), declared), checkDigestsNow(block, declared));
        },
      ),
      { numRuns: 300 },
    );
  });
});
