import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { crc32, gzipSync } from "node:zlib";
import fc from "fast-check";
import { gunzipRun } from "./gzip-run-node.ts";
import { platform } from "./platform-node.ts";

const most = { members: 64, bytes: 1 << 18 };
const magic = [0x1f, 0x8b, 0x08, 0x00];

/** What is packed: with magic in it, which stands in the member as it is where that is not compressed. */
const content = fc
  .array(fc.oneof(fc.uint8Array({ minLength: 1, maxLength: 40 }), fc.constant(Uint8Array.from(magic))), { maxLength: 6 })
  .map((parts) => Buffer.concat(parts));
const member = fc.tuple(content, fc.constantFrom(0, 1, 6)).map(([bytes, level]) => gzipSync(bytes, { level }));

/** What a walk from member to member finds, as far as all is sound. */
function walk(bytes: Buffer): { length: number; plain: string }[] {
  const found: { length: number; plain: string }[] = [];
  for (let at = 0; at + 18 <= bytes.length && bytes.subarray(at, at + 3).equals(Buffer.from(magic.slice(0, 3))); ) {
    const whole = platform.inflate(bytes.subarray(at + 10), 1 << 20);
    if (!whole || whole === "damaged" || whole.consumed === undefined) break;
    const end = at + 10 + whole.consumed;
    if (bytes.readUInt32LE(end) !== crc32(whole.plain) || bytes.readUInt32LE(end + 4) !== whole.plain.length) break;
    found.push({ length: end + 8 - at, plain: Buffer.from(whole.plain).toString("hex") });
    at = end + 8;
  }
  return found;
}

function run(bytes: Buffer, isEnd: boolean) {
  const found = gunzipRun(bytes, isEnd, most);
  let at = 0;
  return found?.members.map(({ length, size }) => {
    at += size;
    return { length, plain: Buffer.from(found.plain.subarray(at - size, at)).toString("hex") };
  });
}

describe("gzip members that are unpacked together", () => {
  test("are what each is by itself", () => {
    const members = ["one", "two, which is longer", "three".repeat(9000)].map((text) => gzipSync(text));
    const bytes = Buffer.concat(members);
    assert.deepEqual(run(bytes, true), walk(bytes));
    assert.deepEqual(run(bytes, false), walk(bytes).slice(0, 2), "the end of the last is not known");
  });

  test("are told from magic in the middle of one", () => {
    const inner = Buffer.concat([Buffer.from("WARC"), Buffer.from([9, 0, 0, 0]), Buffer.from(magic), Buffer.alloc(40, "x")]);
    const bytes = Buffer.concat([gzipSync("before"), gzipSync(inner, { level: 0 }), gzipSync("behind")]);
    assert.equal(run(bytes, true), undefined);
  });

  test("are never taken for others than they are, whatever they hold and however they are damaged", () => {
    const damage = fc.record({ at: fc.nat(), bytes: fc.uint8Array({ maxLength: 30 }), replaced: fc.nat(30) });
    fc.assert(
      fc.property(fc.array(member, { minLength: 1, maxLength: 6 }), fc.option(damage), fc.boolean(), (members, hurt, isEnd) => {
        const sound = Buffer.concat(members);
        const at = hurt ? hurt.at % sound.length : sound.length;
        const bytes = hurt ? Buffer.concat([sound.subarray(0, at), hurt.bytes, sound.subarray(at + hurt.replaced)]) : sound;
        const found = run(bytes, isEnd);
        if (found) assert.deepEqual(found, walk(bytes).slice(0, found.length));
      }),
      { numRuns: 3000 },
    );
  });
});
