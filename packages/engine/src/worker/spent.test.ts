import assert from "node:assert/strict";
import { test } from "node:test";
import type { InstanceRow } from "../store/change.ts";
import { spentIn } from "./spent.ts";

test("a message is spent when its run is done, or another one has begun since", () => {
  assert.deepEqual(ids({ run: 2, status: "running" }), [1]);
  assert.deepEqual(ids({ run: 2, status: "stuck" }), [1]);
  assert.deepEqual(ids({ run: 2, status: "done" }), [1, 2]);
});

function ids(row: Pick<InstanceRow, "run" | "status">): number[] {
  const inbox = [1, 2].map((run) => ({ id: run, run, kind: "signal", name: "go", payload: null, by: "", why: "" }) as const);
  return spentIn({ id: 7, inbox, ...row } as unknown as InstanceRow).map(({ id }) => id);
}
