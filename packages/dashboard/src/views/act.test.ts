import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { noBrowser, viewing } from "../../test/viewing.ts";
import { until } from "../../test/world.ts";

const failover = (key: string) => `/instances/pg%2Ffailover/${key}`;

describe("acts, in Chromium", { skip: noBrowser }, () => {
  const it = viewing(async (world) => {
    for (const key of ["prod-1", "prod-2", "prod-3"]) {
      await world.start(key);
      await world.reached(key, "stuck");
    }
  });

  test("a page is acknowledged with a note, and needs nobody after that", async () => {
    await it.open("/");
    assert.equal(await it.page.title(), "(1) Attention · fettle");
    await it.page.keyboard.press("a");
    await it.page.getByLabel("Why?").fill("I look at db-7");
    await it.page.keyboard.press("Enter");
    await it.sees(/acknowledged by .*“I look at db-7”/);
    await until("the title counts nothing", async () => (await it.page.title()) === "Attention · fettle");
    assert.equal((await it.world.client.pages({}))[0]?.acknowledged?.note, "I look at db-7");
  });

  test("retry asks why, and what follows is seen without a reload", async () => {
    await it.open(failover("prod-1"));
    await it.mark();
    await it.page.keyboard.press("r");
    await it.page.getByRole("button", { name: "Retry", exact: true }).click();
    assert.ok(await it.page.locator("#sheet").isVisible(), "no reason, no retry");
    it.world.outside.up = true;
    await it.page.getByLabel("Why?").fill("switch sw-4 is back");
    await it.page.keyboard.press("Enter");
    await it.page.locator('.present[data-state="promoting"]').waitFor();
    await it.sees("switch sw-4 is back");
    assert.equal(await it.page.locator(".trouble").count(), 0);
    assert.ok(!(await it.unloaded()));
  });

  test("a signal is chosen and given its payload; what the machine refuses is told in the sheet", async () => {
    await it.open(failover("prod-1"));
    await it.page.keyboard.press("s");
    const sheet = it.page.locator("#sheet");
    assert.ok(await sheet.getByLabel("Payload").isHidden(), "destroy has no payload");
    await sheet.locator("select").selectOption("prefer");
    await sheet.getByLabel("Why?").fill("it is nearer");
    await sheet.getByLabel("Payload").fill("{candidate");
    await sheet.getByRole("button", { name: "Send" }).click();
    await sheet.getByText("Cannot read the payload as JSON").waitFor();
    await sheet.getByLabel("Payload").fill('{"candidate": 7}');
    await sheet.getByRole("button", { name: "Send" }).click();
    await sheet.getByText("(BAD_SIGNAL)").waitFor();
    await sheet.getByLabel("Payload").fill('{"candidate": "db-8"}');
    await sheet.getByRole("button", { name: "Send" }).click();
    await it.page.locator('.present[data-state="recovered"]').waitFor();
    await it.sees("prefers db-8");
    await it.sees('"healthy": true');
    assert.ok(await it.page.getByRole("button", { name: "Retry now" }).isDisabled());
  });

  test("what is paused says so and by whom, and is moved and ended from its view", async () => {
    await it.open(failover("prod-3"));
    await it.page.keyboard.press("p");
    await it.page.getByLabel("Why?").fill("I look at it by hand");
    await it.page.keyboard.press("Enter");
    await it.page.getByRole("button", { name: "Resume" }).waitFor();
    assert.match((await it.world.client.show({ key: "prod-3" })).held?.say ?? "", /I look at it by hand$/);
    await it.page.keyboard.press("p");
    await it.page.getByLabel("Why?").fill("seen");
    await it.page.keyboard.press("Enter");
    await it.page.getByRole("button", { name: "Pause" }).waitFor();
    assert.equal((await it.world.client.show({ key: "prod-3" })).held, null);
    await it.sees("I look at it by hand");
  });

  test("retry all of a cause retries each of its instances", async () => {
    await it.open("/");
    await it.page.getByRole("button", { name: /^Retry/ }).click();
    await it.page.getByLabel("Why?").fill("switch sw-4 is back");
    await it.page.keyboard.press("Enter");
    await it.sees("2 retried");
    await it.world.reached("prod-2", "promoting");
    await it.world.reached("prod-3", "promoting");
    await it.sees("In fine fettle");
    await it.sees(/3 instances, none needs you\. Last page/);
  });
});
