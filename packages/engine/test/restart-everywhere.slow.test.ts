import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { course, theDeadWorkersDatabase } from "./course.ts";
import { breakAt, type Lane, pointsOf } from "./enumerated-faults.ts";
import { startPostgres } from "./postgres-server.ts";

let lanes: Lane[];
before(async () => {
  lanes = await Promise.all([hire(), hire()]);
});
after(async () => {
  for (const { server } of lanes) await server[Symbol.asyncDispose]();
});

test("Postgres restarts at every statement, before it and after it: nothing lost, doubled or stranded", {
  timeout: 1_200_000,
}, async (t) => {
  const points = await pointsOfACourse({ fates: ["restart before", "restart after"], writes: Number.POSITIVE_INFINITY, reads: 2 });
  const { struck, broken } = await breakAt(points, lanes);
  t.diagnostic(`${struck.length} of ${points.length} points were struck`);
  assert.deepEqual(broken, []);
  // How many commits there are is a matter of who is due at the same moment, so the last of a course are not in each.
  assert.ok(struck.length > points.length * 0.9);
});

async function hire(): Promise<Lane> {
  const server = await startPostgres();
  return { server, template: await theDeadWorkersDatabase(server) };
}

async function pointsOfACourse(wanted: Parameters<typeof pointsOf>[1]): Promise<ReturnType<typeof pointsOf>> {
  const [{ server, template }] = lanes as [Lane];
  const whole = await course(server, template, () => undefined);
  assert.deepEqual(whole.broken, []);
  return pointsOf(whole.sent, wanted);
}
