import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { course, theDeadWorkersDatabase } from "./course.ts";
import { breakAt, type Lane, pointsOf } from "./enumerated-faults.ts";
import { startPostgres } from "./postgres-server.ts";

let lane: Lane;
before(async () => {
  const server = await startPostgres();
  lane = { server, template: await theDeadWorkersDatabase(server) };
});
after(async () => {
  await lane.server[Symbol.asyncDispose]();
});

test("the answer to each kind of statement that writes is lost, in start, takeover, commit and shutdown: nothing lost, doubled or stranded", async () => {
  const whole = await course(lane.server, lane.template, () => undefined);
  assert.deepEqual(whole.broken, []);
  const points = pointsOf(whole.sent, { fates: ["cut after"], writes: 1, reads: 0 });
  const { struck, broken } = await breakAt(points, [lane, lane, lane]);
  assert.deepEqual(broken, []);
  assert.equal(struck.length, points.length);
});
