import assert from "node:assert/strict";
import { test } from "node:test";
import { nextWay, type Remains, type Way } from "./plan.ts";

const table: [Remains, Way | "none"][] = [
  [{ standby: true, former: false, tried: [] }, "start"],
  [{ standby: true, former: false, tried: ["start"] }, "copy"],
  [{ standby: false, former: true, tried: [] }, "rewind"],
  [{ standby: true, former: true, tried: ["start"] }, "rewind"],
  [{ standby: false, former: true, tried: ["rewind"] }, "copy"],
  [{ standby: false, former: false, tried: [] }, "copy"],
  [{ standby: false, former: false, tried: ["copy", "copy"] }, "copy"],
  [{ standby: false, former: false, tried: ["copy", "copy", "copy"] }, "none"],
];

for (const [remains, way] of table) {
  const what =
    [remains.standby && "a standby's data", remains.former && "a former primary's data"].filter(Boolean).join(" and ") || "nothing";
  test(`with ${what} and ${remains.tried.join(", ") || "nothing"} tried, the next way is ${way}`, () =>
    assert.equal(nextWay(remains), way));
}
