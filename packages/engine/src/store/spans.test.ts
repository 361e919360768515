import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { spansOf } from "./spans.ts";

test("neighbouring ranges are one span, and every range is in exactly one", () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.integer({ min: 0, max: 63 })), (ranges) => {
      const spans = spansOf(ranges);
      const held = spans.flatMap(({ first, last }) => Array.from({ length: last - first + 1 }, (_, at) => first + at));
      assert.deepEqual(
        held,
        ranges.toSorted((one, other) => one - other),
      );
      for (const [at, { first }] of spans.entries()) assert.ok(at === 0 || first > (spans[at - 1]?.last ?? 0) + 1);
    }),
  );
});
