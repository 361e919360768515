import assert from "node:assert/strict";
import { test } from "node:test";
import { Outage } from "./outage.ts";
import type { Notice, Way } from "./way.ts";

const minute = 60_000;
const leaving = new AbortController().signal;

function way(name: string): Way & { readonly told: Notice[]; isBroken: boolean } {
  const told: Notice[] = [];
  return {
    name,
    told,
    isBroken: false,
    async tell(notice) {
      if (this.isBroken) throw new Error("broken");
      told.push(notice);
    },
  };
}

test("a store that is away pages once, after a minute, through the first ways, and its return is told", async () => {
  const [chat, phone] = [way("chat"), way("phone")];
  const outage = new Outage(
    [
      { way: chat, after: 0 },
      { way: phone, after: minute },
    ],
    "postgres://ana:s3cret@db/x",
    () => undefined,
  );
  assert.equal(await outage.back(0, leaving), false);
  await outage.away(0, "no answer", leaving);
  await outage.away(minute - 1, "no answer", leaving);
  assert.equal(chat.told.length, 0);
  for (const now of [minute, minute + 1000, 5 * minute, 10 * minute]) await outage.away(now, "no answer", leaving);
  assert.deepEqual(
    chat.told.map(({ act, page }) => [act, page.say]),
    [["open", "The store has been away for 60s: no answer"]],
  );
  assert.equal(await outage.back(11 * minute, leaving), true);
  assert.deepEqual(
    chat.told.map(({ act }) => act),
    ["open", "resolve"],
  );
  assert.equal(phone.told.length, 0);
  assert.ok(!JSON.stringify(chat.told).includes("s3cret"));
});

test("a short absence is told to nobody, and a second outage pages anew", async () => {
  const chat = way("chat");
  const outage = new Outage([{ way: chat, after: 0 }], "x", () => undefined);
  await outage.away(0, "no answer", leaving);
  assert.equal(await outage.back(1000, leaving), true);
  await outage.away(10 * minute, "no answer", leaving);
  await outage.away(11 * minute, "no answer", leaving);
  assert.deepEqual(
    chat.told.map(({ act }) => act),
    ["open"],
  );
});

test("a way that fails meanwhile is tried again, and the others are not told twice; all workers use one token", async () => {
  const [chat, phone] = [way("chat"), way("phone")];
  const ways = [chat, phone].map((each) => ({ way: each, after: 0 }));
  const outage = new Outage(ways, "x", () => undefined);
  phone.isBroken = true;
  await outage.away(0, "no answer", leaving);
  await outage.away(minute, "no answer", leaving);
  phone.isBroken = false;
  await outage.away(minute + 29_000, "no answer", leaving);
  assert.equal(phone.told.length, 0);
  await outage.away(minute + 30_000, "no answer", leaving);
  assert.deepEqual([chat.told.length, phone.told.length], [1, 1]);
  const other = new Outage(ways, "x", () => undefined);
  for (const now of [0, minute]) await other.away(now, "no answer", leaving);
  assert.equal(chat.told[1]?.token, chat.told[0]?.token);
});
