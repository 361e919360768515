import assert from "node:assert/strict";
import { test } from "node:test";
import { examine, type Finding, openStore, type Store, startWorker } from "../src/index.ts";
import { startPostgres } from "./postgres-server.ts";
import { overEveryStore } from "./stores.ts";

overEveryStore("the doctor", (open) => {
  test("finds nothing wrong with a store that nothing is wrong with", async () => {
    await using store = await open();
    await using _worker = await startWorker({ store, machines: [], log: () => {} });
    const found = await examineUntil(store, (findings) => findings.every(({ verdict }) => verdict === "ok"));
    assert.deepEqual(
      found.filter(({ verdict }) => verdict !== "ok"),
      [],
    );
    assert.equal(found.length, 9);
  });

  test("names what is missing in the schema, with SQL that brings it back", async () => {
    await using store = await open();
    const { reads } = store;
    await reads.query("drop index fettle.deadline_at");
    await reads.query("alter table fettle.page drop column note");
    await reads.query("create or replace function fettle.slot_of(machine text, key text) returns int language sql immutable return 7");
    const drift = (await examine(store)).find(({ check }) => check === "schema") as Finding;
    assert.equal(drift.verdict, "fail");
    assert.match(drift.say, /column fettle\.page\.note, function fettle\.slot_of\(text,text\), index fettle\.deadline_at$/);
    await reads.query(drift.fix ?? "");
    assert.equal((await examine(store)).find(({ check }) => check === "schema")?.verdict, "ok");
  });

  test("fails where a command has waited for a minute", async () => {
    await using store = await open();
    await store.reads.query(
      `insert into fettle.inbox (slot, instance, run, kind, by, why, at) values (1, 1, 1, 'retry', 'ana', '', now() - interval '2 minutes')`,
    );
    assert.equal((await examine(store)).find(({ check }) => check === "overdue")?.verdict, "fail");
  });
});

async function examineUntil(store: Store, holds: (findings: readonly Finding[]) => boolean): Promise<readonly Finding[]> {
  // The ranges are taken in the first second.
  for (let tries = 0; ; tries++) {
    const findings = await examine(store);
    if (holds(findings) || tries === 5) return findings;
  }
}

test("the doctor sees commits that are not synchronous, and that nobody works", async () => {
  await using server = await startPostgres();
  await using store = await openStore({ url: `${await server.database()}?options=-c%20synchronous_commit%3Doff` });
  const found = new Map((await examine(store)).map((finding) => [finding.check, finding]));
  assert.match(found.get("durability")?.say ?? "", /synchronous_commit is off/);
  assert.equal(found.get("durability")?.verdict, "fail");
  assert.equal(found.get("workers")?.verdict, "fail");
});
