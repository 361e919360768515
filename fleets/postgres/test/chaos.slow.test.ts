import assert from "node:assert/strict";
import { rm } from "node:fs/promises";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { Server } from "../src/server/server.ts";
import { Arena } from "./arena.ts";
import { freeze, killAll, killPostmaster } from "./world.ts";

const rounds = Number(process.env.FETTLE_CHAOS_ROUNDS ?? 8);

const faults: Readonly<Record<string, (primary: Server, standby: Server) => Promise<void>>> = {
  "the primary is killed": (primary) => killPostmaster(primary),
  "the primary's data is gone": async (primary) => {
    await rm(primary.place.data, { recursive: true, force: true, maxRetries: 5 });
    await killAll(primary);
  },
  "the primary is frozen": (primary) => freeze(primary, "tree"),
  "the standby is killed": (_, standby) => killAll(standby),
  "both are killed": async (primary, standby) => {
    await killAll(standby);
    await killAll(primary);
  },
};

/** The same rounds for the same seed: a linear congruence is chance enough. */
function chance(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

for (const { sync, standbys, seed } of [
  { sync: "preferred", standbys: 1, seed: 1 },
  { sync: "strict", standbys: 2, seed: 2 },
] as const) {
  test(`a ${sync} cluster of ${standbys + 1} loses no acknowledged commit, whenever its worker is killed (seed ${seed})`, {
    timeout: 1_200_000,
  }, async (t) => {
    const random = chance(seed);
    await using arena = await Arena.create({ sync, standbys });
    await using ledger = await arena.ledger();
    for (let round = 1; round <= rounds; round++) {
      const before = ledger.acknowledged.length;
      while (ledger.acknowledged.length < before + 10) await sleep(20);
      const cluster = await arena.topology();
      const [primary, standby] = await Promise.all(
        [cluster.primary, cluster.electable[0] ?? ""].map((member) => arena.servers.of(cluster, member)),
      );
      assert.ok(primary && standby);
      const fault = Object.keys(faults)[Math.floor(random() * Object.keys(faults).length)] as string;
      const delay = Math.floor(random() * 2_500);
      await faults[fault]?.(primary, standby);
      await sleep(delay);
      await arena.worker.kill();
      await arena.startWorker();
      await arena.untilWhole(ledger);

      const acknowledged = [...ledger.acknowledged];
      const missing = await arena.missing(acknowledged);
      t.diagnostic(`${round}: ${fault}, worker killed after ${delay}ms; ${acknowledged.length} acknowledged, ${missing.length} lost`);
      assert.deepEqual(missing, []);
    }
  });
}
