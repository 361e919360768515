import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { poorContrasts } from "../../test/contrast.ts";
import { noBrowser, viewing } from "../../test/viewing.ts";
import { until } from "../../test/world.ts";

describe("rollouts, in Chromium", { skip: noBrowser }, () => {
  const it = viewing(async (world) => {
    const keys = Array.from({ length: 12 }, (_, index) => `prod-${index}`);
    for (const key of keys) await world.start(key, { region: "eu" });
    for (const key of keys) await world.reached(key, "stuck");
    await world.client.startRollout({
      act: { kind: "retry" },
      selection: { machine: "pg/failover", status: "stuck" },
      name: "mend",
      gap: "1s",
      by: "ana",
      why: "switch sw-4 is back",
    });
    await until("it has halted", async () => (await world.client.rollout("mend")).state === "halted");
  });

  test("one that has halted says why, how each fares, and goes on when a person says so", async () => {
    await it.open("/rollouts");
    await it.sees("switch sw-4 is back");
    await it.page.getByRole("link", { name: "mend" }).click();
    await it.sees(/Halted: 2 stuck or failing of 2 acted upon, more than 5%/);
    assert.deepEqual(await it.page.locator(".fates b").allTextContents(), ["0", "2", "0", "0", "10"]);
    assert.equal(await it.page.locator("section > .rollout-bar rect[data-fate=failed]").getAttribute("width"), "166.7");
    await it.sees("fettle rollout go mend");
    for (const scheme of ["light", "dark"] as const) {
      await it.page.emulateMedia({ colorScheme: scheme });
      assert.deepEqual(await poorContrasts(it.page, 4.5), [], scheme);
    }
    await it.page.getByRole("button", { name: "Go on" }).click();
    await it.sees(/It goes on with 2 of the 10 that are left/);
    it.world.outside.up = true;
    await it.page.getByLabel("Why?").fill("those two are known");
    await it.page.keyboard.press("Enter");
    await it.sees("mend goes on");
    await until("it is over", async () => (await it.world.client.rollout("mend")).status === "done");
    await it.sees("Over, with 2 failed");
    assert.deepEqual(await it.page.locator(".fates b").allTextContents(), ["10", "2", "0", "0", "0"]);
  });

  test("is begun from what a filter selects, paused, and ended, each for a reason", async () => {
    await it.open("/instances?filter=machine%3Dpg%2Ffailover%20-l%20region%3Deu");
    await it.page.getByRole("button", { name: "Retry all 12" }).click();
    await it.sees(/Runs the handlers of 12 instances such as .*: a first few/);
    await it.page.getByLabel("Why?").fill("to be sure");
    await it.page.keyboard.press("Enter");
    await it.sees("Begun: see it under Rollouts");
    await it.page.keyboard.press("g");
    await it.page.keyboard.press("o");
    await it.page.getByRole("link", { name: /^retry-/ }).click();
    await it.page.waitForURL(/\/rollouts\/retry-\w{4}$/);
    const name = (await it.page.locator("h1").textContent()) ?? "";
    await it.page.keyboard.press("p");
    await it.page.getByLabel("Why?").fill("lunch");
    await it.page.keyboard.press("Enter");
    await it.sees(/paused by .*: lunch/);
    await it.page.getByRole("button", { name: "Cancel…" }).click();
    await it.sees(/instances that are left will not be acted upon/);
    await it.page.getByLabel("Why?").fill("enough");
    await it.page.keyboard.press("Enter");
    await it.sees(/Ended by a person, \d+ instances left/);
    await it.page.getByRole("link", { name: "Its history" }).click();
    await it.sees("enough");
    await it.page.getByRole("link", { name: "How far it is" }).click();
    await it.page.waitForURL(/\/rollouts\/retry-\w{4}$/);
    assert.equal(await it.page.locator("h1").textContent(), name);
  });

  test("is named in the history of those that it acted upon", async () => {
    const { client } = it.world;
    const acted = (await client.changes("0")).entries.find(({ why }) => why === "switch sw-4 is back (rollout mend)");
    await it.open(`/instances/pg%2Ffailover/${acted?.key}`);
    await it.page.getByRole("link", { name: "rollout mend" }).first().click();
    await it.page.waitForURL(/\/rollouts\/mend$/);
    assert.equal(await it.page.locator("h1").textContent(), "mend");
  });
});
