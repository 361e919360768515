import assert from "node:assert/strict";
import { test } from "node:test";
import { nextCall } from "./next-call.ts";
import type { DeliveryRow, PageRow } from "./page-row.ts";
import type { WayRow } from "./ways.ts";

const minute = 60_000;
const page = { called: 0, round: 1, cause: "c", acknowledged: null, resolved: null, suppressedBy: null } as PageRow;
const way = (name: string, after: number): WayRow => ({
  name,
  after: after * minute,
  repeat: 30 * minute,
  living: true,
  worked: null,
  failing: null,
});
const told = (via: string, at: number, round = 1): DeliveryRow =>
  ({ via, at: at * minute, round, act: at === 0 ? "open" : "repeat" }) as DeliveryRow;
const at = (minutes: number) => new Date(minutes * minute).toISOString();

test("calls each way after its time, then all again, whichever comes first", () => {
  const ways = [way("chat", 0), way("log", 0), way("phone", 15)];
  assert.deepEqual(nextCall(page, [], ways), { at: at(0), act: "open", via: ["chat", "log"] });
  assert.deepEqual(nextCall(page, [told("chat", 0), told("log", 0)], ways), { at: at(15), act: "open", via: ["phone"] });
  assert.deepEqual(nextCall(page, [told("chat", 0), told("log", 0), told("phone", 15)], ways), {
    at: at(30),
    act: "repeat",
    via: ["chat", "log"],
  });
});

test("calls nobody once it is acknowledged, resolved, held back or not yet looked at", () => {
  for (const change of [{ acknowledged: 1 }, { resolved: 1 }, { suppressedBy: 7 }, { called: null }]) {
    assert.equal(nextCall({ ...page, ...change }, [], [way("chat", 0)]), null);
  }
});

test("what was told in an earlier round counts for nothing, and a way that fails is not called about itself", () => {
  assert.equal(nextCall({ ...page, round: 2 }, [told("chat", 0)], [way("chat", 0)])?.act, "open");
  assert.equal(nextCall({ ...page, cause: "delivery:chat" }, [], [way("chat", 0)]), null);
  assert.equal(nextCall(page, [], [{ ...way("chat", 0), living: false }]), null);
});
