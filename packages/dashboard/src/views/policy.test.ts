import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { machine, population } from "@fettle/engine";
import { z } from "zod";
import { poorContrasts } from "../../test/contrast.ts";
import { noBrowser, viewing } from "../../test/viewing.ts";
import { until } from "../../test/world.ts";

const thing = machine({
  name: "thing",
  data: z.object({}),
  start: "there",
  transitions: { there: [] },
  states: { there: async (it) => it.wait("1h") },
});
const actor = machine({
  name: "actor",
  data: z.object({}),
  start: "wanting",
  transitions: { wanting: ["acting"], acting: [] },
  breaker: { guards: ["acting"], of: population("thing", { by: "region" }), most: "30%", atLeast: 2 },
  states: { wanting: async (it) => it.to("acting"), acting: async (it) => it.wait("1h") },
});

describe("what holds instances, in Chromium", { skip: noBrowser }, () => {
  const it = viewing(
    async ({ client }) => {
      const start = (of: string, key: string) =>
        client.start({ machine: of, key, input: {}, labels: { region: "eu" }, by: "ana", why: "because" });
      for (let number = 0; number < 10; number++) await start("thing", `thing-${number}`);
      for (const key of ["a", "b", "c", "d", "e"]) await start("actor", key);
      await until("the breaker is open", async () => (await client.breakers()).some(({ opened }) => opened !== null));
      await client.addRule({ kind: "pause", selector: { machine: "thing" }, by: "ana", why: "the moving" });
    },
    [thing, actor],
  );
  const acting = async () => {
    const { counts } = await it.world.client.list({ machine: "actor" });
    return counts.find(({ state }) => state === "acting")?.count ?? 0;
  };

  test("an open breaker is on the attention list, which leads to where a person lets one through, and closes it", async () => {
    await it.open("/");
    await it.page.getByRole("link", { name: /breaker open/ }).click();
    await it.sees(/open since/);
    for (const scheme of ["light", "dark"] as const) {
      await it.page.emulateMedia({ colorScheme: scheme });
      assert.deepEqual(await poorContrasts(it.page, 4.5), [], scheme);
    }
    const inside = await acting();
    await it.page.getByRole("button", { name: "Let one through" }).click();
    await it.page.getByLabel("Why?").fill("c can wait no longer");
    await it.page.keyboard.press("Enter");
    await until("one more acts", async () => (await acting()) === inside + 1);
    await it.page.getByRole("button", { name: "Close…" }).click();
    await it.page.getByLabel("Why?").fill("the switch is back");
    await it.page.keyboard.press("Enter");
    await until("all act", async () => (await acting()) === 5);
    await it.sees("closed by a person");
  });

  test("the rules in force say for whom and why, and a person takes one back", async () => {
    await it.open("/machines");
    await it.sees("the moving");
    await it.page.getByRole("button", { name: "End…" }).click();
    await it.page.getByLabel("Why?").fill("all have moved");
    await it.page.keyboard.press("Enter");
    await it.sees("Nobody has paused, silenced or restrained anything.");
    assert.deepEqual(await it.world.client.rules({}), []);
  });
});
