import assert from "node:assert/strict";
import { test } from "node:test";
import { testedBefore } from "./pager-test.ts";

const at = (text: string) => new Date(text);

test("a time of the day is the last one that has been", () => {
  assert.equal(testedBefore("09:00", at("2026-11-25T10:00:00")), at("2026-11-25T09:00:00").getTime());
  assert.equal(testedBefore("09:00", at("2026-11-25T08:59:59")), at("2026-11-24T09:00:00").getTime());
  assert.equal(testedBefore("09:00", at("2026-11-25T09:00:00")), at("2026-11-25T09:00:00").getTime());
});

test("a span is that long ago", () => {
  assert.equal(testedBefore("24h", at("2026-11-25T10:00:00")), at("2026-11-24T10:00:00").getTime());
});

test("what is neither is refused", () => {
  assert.throws(() => testedBefore("25:00", new Date()), { code: "BAD_DURATION" });
  assert.throws(() => testedBefore("09:00pm" as "09:00", new Date()), { code: "BAD_DURATION" });
});
