import assert from "node:assert/strict";
import { test } from "node:test";
import { planWays, type Way } from "./way.ts";

const way = (name: string): Way => ({ name, tell: async () => undefined });

test("ways come in the order in which they are called, a bare one at once", () => {
  const planned = planWays([{ after: "15m", via: way("phone") }, way("chat"), async () => undefined]);
  assert.deepEqual(
    planned.map((each) => [each.way.name, each.after]),
    [
      ["chat", 0],
      ["pager", 0],
      ["phone", 900_000],
    ],
  );
});

test("a function is a way that calls", () => {
  async function call() {}
  const [planned] = planWays(call);
  assert.deepEqual([planned?.way.name, planned?.way.hears], ["call", ["open", "repeat", "test"]]);
});

test("two of one name, and what is no way, are refused", () => {
  assert.throws(() => planWays([way("chat"), way("chat")]), { code: "BAD_CONFIG" });
  for (const wrong of [way("a b"), { name: "x" }, { after: "5m", via: 7 }]) {
    assert.throws(() => planWays([wrong as Way]), { code: "BAD_CONFIG" });
  }
  assert.throws(() => planWays([{ after: "soon" as "5m", via: way("chat") }]), { code: "BAD_DURATION" });
});
