import assert from "node:assert/strict";
import { test } from "node:test";
import { nearest } from "./nearest.ts";

test("a mistyped name finds the one that was meant, and a strange one finds none", () => {
  const names = ["postgres/failover", "postgres/cluster", "heartbeat"];
  const table = {
    heartbeet: "heartbeat",
    Heartbeat: "heartbeat",
    failover: "postgres/failover",
    "postgres/failovr": "postgres/failover",
    backup: undefined,
  };
  for (const [typed, meant] of Object.entries(table)) assert.equal(nearest(typed, names), meant, typed);
  assert.equal(nearest("x", []), undefined);
});
