import assert from "node:assert/strict";
import { test } from "node:test";
import { judge, type Look, type Verdict } from "./look.ts";

const ok = { kind: "ok", recovering: false, timeline: 1, synchronous: [], standbys: [] } as const;
const error = { kind: "error", code: "58P01", message: "could not open file" } as const;
const denied = { kind: "denied", message: "password authentication failed" } as const;

const table: [Look["answer"], Look["process"], Look["data"], Verdict][] = [
  [ok, "running", "present", "well"],
  [ok, "stopped", "present", "doubt"],
  [ok, "gone", "present", "doubt"],
  [ok, "running", "gone", "doubt"],
  [ok, "running", "unwritable", "doubt"],
  [{ ...ok, recovering: true }, "running", "present", "doubt"],
  [denied, "running", "present", "blind"],
  [denied, "gone", "gone", "blind"],
  [{ kind: "replaying" }, "running", "present", "replaying"],
  [{ kind: "replaying" }, "gone", "present", "doubt"],
  [{ kind: "refused" }, "running", "present", "doubt"],
  [{ kind: "refused" }, "gone", "present", "dead"],
  [{ kind: "refused" }, "gone", "gone", "lost"],
  [{ kind: "silent" }, "running", "present", "doubt"],
  [{ kind: "silent" }, "stopped", "present", "dead"],
  [{ kind: "silent" }, "stopped", "gone", "lost"],
  [error, "running", "present", "doubt"],
  [error, "running", "gone", "lost"],
  [error, "running", "unwritable", "lost"],
];

for (const [answer, process, data, verdict] of table) {
  test(`${answer.kind}${"recovering" in answer && answer.recovering ? " as a standby" : ""}, process ${process}, data ${data}: ${verdict}`, () => {
    assert.equal(judge({ answer, process, data }), verdict);
  });
}

test("nothing is done on one sign alone: a server whose client path fails while its host is well is in doubt", () => {
  for (const kind of ["refused", "silent"] as const)
    assert.equal(judge({ answer: { kind }, process: "running", data: "present" }), "doubt");
});
