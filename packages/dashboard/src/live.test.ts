import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { noBrowser, viewing } from "../test/viewing.ts";

describe("a view that stays open, in Chromium", { skip: noBrowser }, () => {
  const it = viewing(async (world) => {
    await world.start("prod-1");
    await world.reached("prod-1", "stuck");
  });

  test("rows under the pointer stay; new ones wait until they are asked for", async () => {
    await it.open("/instances");
    await it.mark();
    await it.page.locator("tbody tr").first().hover();
    const rows = await it.page.locator("tbody tr").count();
    await it.world.start("prod-3");
    await it.page.getByRole("button", { name: "1 new" }).waitFor();
    assert.equal(await it.page.locator("tbody tr").count(), rows);
    await it.page.keyboard.press(".");
    await it.page.getByRole("link", { name: "prod-3" }).waitFor();
    assert.equal(await it.page.locator("tbody tr").count(), rows + 1);
    assert.ok(!(await it.unloaded()));
  });

  test("the keyboard goes everywhere", async () => {
    await it.open("/");
    await it.page.keyboard.press("g");
    await it.page.keyboard.press("m");
    await it.page.waitForURL(`${it.world.url}/machines`);
    await it.page.keyboard.press("j");
    await it.page.keyboard.press("Enter");
    await it.page.waitForURL(`${it.world.url}/machines/pg%2Ffailover`);
    await it.page.keyboard.press("Escape");
    await it.page.waitForURL(`${it.world.url}/machines`);
    await it.page.keyboard.press("?");
    await it.sees("show new rows");
    await it.page.keyboard.press("Escape");
    const ground = () => it.page.evaluate("getComputedStyle(document.body).backgroundColor");
    const light = await ground();
    await it.page.keyboard.press("t");
    assert.notEqual(await ground(), light);
    await it.page.reload();
    assert.notEqual(await ground(), light, "the choice is kept");
  });

  test("while fettle is away the view says how old it is, and goes on by itself", async () => {
    await it.open("/instances");
    await it.mark();
    await it.world.stopServing();
    await it.sees(/As of \d\d:\d\d:\d\d; fettle does not answer/);
    assert.equal(await it.page.locator("html.stale").count(), 1);
    await it.world.serveAgain();
    await it.page.locator("html:not(.stale)").waitFor({ state: "attached", timeout: 8000 });
    assert.ok(!(await it.unloaded()));
  });
});
