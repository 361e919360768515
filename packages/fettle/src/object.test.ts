import assert from "node:assert/strict";
import { test } from "node:test";
import { object } from "./object.ts";

const schema = object({ url: "string", beats: "number?", loud: "boolean?" });

async function problems(value: unknown): Promise<readonly string[]> {
  const result = await schema["~standard"].validate(value);
  return (result.issues ?? []).map((issue) => `${(issue.path ?? []).join(".")}: ${issue.message}`);
}

test("what fits is given back as it is", async () => {
  const value = { url: "http://x", beats: 3 };
  const result = await schema["~standard"].validate(value);
  assert.ok(!result.issues);
  assert.deepEqual(result.value, value);
  const url: string = result.value.url;
  const beats: number | undefined = result.value.beats;
  assert.deepEqual([url, beats], ["http://x", 3]);
  // @ts-expect-error: no such field
  result.value.beat;
});

test("what does not fit is named by its field", async () => {
  assert.deepEqual(await problems({}), ["url: expected a string"]);
  assert.deepEqual(await problems({ url: 7, beats: "x", more: 1 }), [
    "url: expected a string, got 7",
    'beats: expected a number, got "x"',
    "more: is not a field of this machine",
  ]);
  assert.deepEqual(await problems(null), [": expected an object"]);
  assert.deepEqual(await problems([]), [": expected an object"]);
});
