import assert from "node:assert/strict";
import { hash } from "node:crypto";
import { test } from "node:test";
import { BloomFilter } from "./bloom-filter.ts";

const digestOf = (text: string) => hash("sha1", text, "buffer");
const members = Array.from({ length: 5000 }, (_, index) => digestOf(`member ${index}`));
const others = Array.from({ length: 20_000 }, (_, index) => digestOf(`other ${index}`));

for (const rate of [0.1, 0.01, 0.0001])
  test(`a full filter has all its members, and takes ${rate} of the others for some, also when it has been kept in a file`, () => {
    const made = BloomFilter.forMembers(members.length, rate);
    for (const member of members) made.add(member);
    const filter = BloomFilter.parse(Buffer.concat(made.bytes), "x");
    assert.equal(filter.members, 5000);
    assert.ok(members.every((member) => filter.mayHave(member)));
    const taken = others.filter((other) => filter.mayHave(other)).length / others.length;
    assert.ok(taken < rate * 1.4 + 0.0002, `${taken}`);
    assert.ok(taken > rate * 0.6 - 0.0002, `${taken}`);
  });

test("an empty one has nothing", () => {
  assert.ok(!others.some((other) => BloomFilter.forMembers(0, 0.5).mayHave(other)));
});

test("what is none is refused: cut, or of another kind", () => {
  const bytes = Buffer.concat(BloomFilter.forMembers(100, 0.01).bytes);
  for (const bad of [bytes.subarray(0, -1), bytes.subarray(0, 10), Buffer.alloc(bytes.length), Buffer.alloc(0)])
    assert.throws(() => BloomFilter.parse(bad, "x"), { code: "BAD_BLOOM" });
});
