import assert from "node:assert/strict";
import { test } from "node:test";
import type { Filter } from "@fettle/engine";
import fc from "fast-check";
import { instancesUrl, parseFilter, spellFilter } from "./filter.ts";

test("reads the selector of the command line", () => {
  assert.deepEqual(parseFilter("state=fencing  -l region=eu -l tier=1 status=stuck machine=postgres/failover"), {
    machine: "postgres/failover",
    state: "fencing",
    status: "stuck",
    labels: { region: "eu", tier: "1" },
  });
  assert.deepEqual(parseFilter("prod-1"), { key: "prod-1" });
  assert.deepEqual(parseFilter('-l "team=data base"'), { labels: { team: "data base" } });
  assert.deepEqual(parseFilter("  "), {});
});

for (const line of ["colour=red", "status=asleep", "-l", "-l region", "-l =eu", "--all"]) {
  test(`says what is wrong with ${line}`, () => {
    assert.throws(() => parseFilter(line), { code: "USAGE", message: /^Cannot read ".*" in the filter$/ });
  });
}

const word = fc.stringMatching(/^[a-z0-9 ./_-]*[a-z0-9]$/);
const anyFilter: fc.Arbitrary<Filter> = fc.record(
  {
    machine: word,
    key: word,
    state: word,
    status: fc.constantFrom("running" as const, "stuck" as const, "done" as const),
    labels: fc.dictionary(fc.stringMatching(/^[a-z]+$/), word, { minKeys: 1, maxKeys: 3 }),
  },
  { requiredKeys: [] },
);

test("what is spelled is read back the same, also through an address", () => {
  fc.assert(
    fc.property(anyFilter, (filter) => {
      assert.deepEqual({ ...parseFilter(spellFilter(filter)) }, { ...filter, ...(filter.labels && { labels: { ...filter.labels } }) });
      const { searchParams } = new URL(instancesUrl(filter), "http://127.0.0.1");
      assert.equal(searchParams.get("filter") ?? "", spellFilter(filter));
    }),
  );
});
