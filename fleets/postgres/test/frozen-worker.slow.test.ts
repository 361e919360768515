import assert from "node:assert/strict";
import { rm } from "node:fs/promises";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { HistoryEntry } from "@fettle/engine";
import { controlLogin } from "../src/server/secrets.ts";
import { withSession } from "../src/server/session.ts";
import { Arena, name } from "./arena.ts";
import { killAll } from "./world.ts";

/** Where the worker is stopped: the machine, its key, and the state that it has just entered. */
const places = [
  ["postgres/failover", name, "electing"],
  ["postgres/failover", name, "fencing"],
  ["postgres/failover", name, "promoting"],
  ["postgres/failover", name, "repointing"],
  ["postgres/rebuild", "*", "copying"],
  ["postgres/rebuild", "*", "following"],
] as const;

test("a worker that is frozen in the middle of a failover, and wakes when another has done it, breaks nothing", {
  timeout: 900_000,
}, async (t) => {
  await using arena = await Arena.create({ sync: "preferred", standbys: 1, server: true });
  await using ledger = await arena.ledger();
  for (const [machine, key, state] of places) {
    await arena.untilWhole(ledger);
    const { primary } = await arena.topology();
    const old = await arena.servers.of(await arena.topology(), primary);
    const entered = untilEntered(arena, machine, key === "*" ? `${name}/${primary}` : key, state);
    await rm(old.place.data, { recursive: true, force: true, maxRetries: 5 });
    await killAll(old);
    await entered;
    const sleeper = arena.worker;
    sleeper.signal("SIGSTOP");
    await arena.startWorker();
    await arena.untilWhole(ledger);

    sleeper.signal("SIGCONT");
    // It finds out by itself, and ends; whatever it was about to do, it does now.
    await sleep(2_000);
    await arena.untilWhole(ledger);
    await sleeper.kill();
    const missing = await arena.missing([...ledger.acknowledged]);
    t.diagnostic(`frozen in ${state}: ${ledger.acknowledged.length} acknowledged, ${missing.length} lost`);
    assert.deepEqual(missing, []);
    assert.equal(await writable(arena), 1);
  }
});

async function untilEntered(arena: Arena, machine: string, key: string, state: string): Promise<void> {
  const since = Date.now();
  for (;;) {
    const entries = await arena.worker.ask<HistoryEntry[]>("history", { machine, key }).catch(() => []);
    if (entries.some(({ to, at }) => to === state && Date.parse(at) >= since)) return;
    await sleep(2);
  }
}

async function writable(arena: Arena): Promise<number> {
  const servers = await arena.servers.all(await arena.topology());
  const answers = await Promise.all(
    servers.map((server) =>
      withSession(server.address, controlLogin(server.secrets), (session) =>
        session.query<{ recovering: boolean }>("select pg_is_in_recovery() as recovering"),
      ),
    ),
  );
  return answers.filter(([row]) => row?.recovering === false).length;
}
