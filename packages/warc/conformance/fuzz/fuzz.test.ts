import assert from "node:assert/strict";
import { test } from "node:test";
import { Random } from "./random.ts";
import { fuzz } from "./run.ts";
import { shrink } from "./shrink.ts";

for (const seed of [1, 2])
  test(`no mutant of seed ${seed} breaks a rule: an end, no error, a place for each finding, the same however it is read`, async () => {
    const { failure, codes, covered } = await fuzz(seed, (tried) => tried < 250);
    assert.deepEqual(failure && { ...failure, bytes: Buffer.from(failure.bytes).toString("base64") }, undefined);
    assert.ok(codes.length > 15 && covered > 200, `${codes.length} codes, ${covered} places`);
  });

test("a file that fails is made smaller as long as it fails", async () => {
  const bytes = Buffer.from(`${"x".repeat(500)}fault${"y".repeat(300)}`);
  const small = await shrink(bytes, async (each) => Buffer.from(each).includes("fault"));
  assert.equal(Buffer.from(small).toString(), "fault");
});

test("the same seed makes the same choices", () => {
  const choose = () => {
    const random = new Random(7);
    return Array.from({ length: 5 }, () => random.below(1000));
  };
  assert.deepEqual(choose(), choose());
});
