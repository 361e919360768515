import assert from "node:assert/strict";
import { test } from "node:test";
import { type Change, noEffects } from "../store/change.ts";
import type { Session } from "../store/session.ts";
import { Committer } from "./committer.ts";
import { Meter } from "./meter.ts";

const lease = { range: 0, epoch: 1, owner: "00000000-0000-4000-8000-000000000000" };
const meter = new Meter({ inFlight: () => 0, leaseAge: () => 0, census: async () => ({ messages: 0, attention: [] }) });

test("what is submitted a moment after an answer goes on its way by itself, however short the moment", async () => {
  for (let moment = 0; moment < 20; moment++) {
    const session: Session = { query: async () => [], run: async <Row>() => [{ at: 0, kept: null }] as Row[] };
    const committer = new Committer([session, session], meter, () => assert.fail("no answer is lost"));
    await committer.submit(lease, change(1));
    for (let turns = 0; turns < moment; turns++) await undefined;
    const answer = await Promise.race([committer.submit(lease, change(2)), idle()]);
    assert.deepEqual(answer, { kind: "committed", at: 0 }, `${moment} turns later`);
  }
});

/** The event loop has turned so often that nothing is under way any more. */
async function idle(): Promise<string> {
  for (let turns = 0; turns < 20; turns++) await new Promise(setImmediate);
  return "it lies there";
}

function change(id: number): Change {
  const nothing = { due: null, firstFailure: null, error: null, data: null, result: null, history: null };
  return {
    id,
    rev: 1,
    version: 1,
    state: "a",
    entered: true,
    status: "running",
    attempt: 0,
    ...nothing,
    effects: noEffects,
    tellsParent: false,
  };
}
