import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { describe, test } from "node:test";
import { readRecords } from "./read-records.ts";
import { verifyDigests } from "./verify-digests.ts";

const chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n";
const sha1 = (text: string) => `sha1:${createHash("sha1").update(text).digest("hex")}`;

function file(fields: readonly string[], type = "response"): Buffer {
  const head = [`WARC-Type: ${type}`, "WARC-Target-URI: http://a/", "Content-Type: application/http;msgtype=response", ...fields];
  return Buffer.from(`WARC/1.1\r\n${head.join("\r\n")}\r\nContent-Length: ${chunked.length}\r\n\r\n${chunked}\r\n\r\n`);
}

const cases = [
  {
    name: "right ones",
    fields: [`WARC-Block-Digest: ${sha1(chunked)}`, `WARC-Payload-Digest: ${sha1("hello")}`],
    is: ["ok", "ok", "entity"],
    codes: [],
  },
  { name: "none", fields: [], is: ["absent", "absent", undefined], codes: [] },
  { name: "a wrong block", fields: [`WARC-Block-Digest: ${sha1("other")}`], is: ["bad", "absent", undefined], codes: ["BAD_BLOCK_DIGEST"] },
  {
    name: "a wrong payload",
    fields: [`WARC-Payload-Digest: ${sha1("other")}`],
    is: ["absent", "bad", undefined],
    codes: ["BAD_PAYLOAD_DIGEST"],
  },
  {
    name: "a payload with its chunks",
    fields: [`WARC-Payload-Digest: ${sha1(chunked.slice(chunked.indexOf("5\r\n")))}`],
    is: ["absent", "ok", "transfer-encoded"],
    codes: ["PAYLOAD_DIGEST_CONVENTION"],
  },
  {
    name: "a payload in another record",
    type: "revisit",
    fields: [`WARC-Payload-Digest: ${sha1("x")}`],
    is: ["absent", "unknown", undefined],
    codes: [],
  },
] as const;

describe("digests that a record declares", () => {
  for (const { name, fields, is, codes, ...more } of cases)
    test(`${name}, in one piece and in many`, async () => {
      const bytes = file(fields, "type" in more ? more.type : undefined);
      for (const input of [bytes, pieces(bytes)])
        for await (const record of readRecords(input)) {
          const { verdicts, findings } = await verifyDigests(record);
          assert.deepEqual([verdicts.block, verdicts.payload, verdicts.convention], is);
          assert.deepEqual(
            findings.map(({ code }) => code),
            codes,
          );
          for (const { line } of findings) assert.equal(line, 5);
        }
    });
});

async function* pieces(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 7) yield bytes.subarray(at, at + 7);
}
