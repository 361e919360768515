import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { overEveryStore } from "../stores.ts";
import { Model } from "./model.ts";
import { modelSession } from "./model-session.ts";
import { type Act, acts, Script } from "./script.ts";
import { modelTables, resetTables, storeTables } from "./tables.ts";

const scripts = 15;

overEveryStore("the model of the store", (open) => {
  test("answers every statement as the store does, and has the same rows afterwards", async () => {
    await using store = await open();
    const isTheSame = async (script: readonly Act[]) => {
      await resetTables(store.reads);
      const model = new Model(Date.now, () => {});
      const [real, modelled] = [new Script(store.reads), new Script(modelSession(model))];
      for (const act of script) assert.deepEqual(await modelled.perform(act), await real.perform(act), JSON.stringify(act));
      assert.deepEqual(modelTables(model), await storeTables(store.reads));
    };
    await fc.assert(fc.asyncProperty(acts, isTheSame), { numRuns: scripts, seed: 1, endOnFailure: true });
  });
});
