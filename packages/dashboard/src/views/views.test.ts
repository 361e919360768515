import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { poorContrasts } from "../../test/contrast.ts";
import { noBrowser, viewing } from "../../test/viewing.ts";

const failover = (key: string) => `/instances/pg%2Ffailover/${key}`;

describe("the views, in Chromium", { skip: noBrowser }, () => {
  const it = viewing(async (world) => {
    await world.start("prod-1", { region: "eu" });
    await world.start("prod-2", { region: "us" });
    await world.reached("prod-1", "stuck");
    await world.reached("prod-2", "stuck");
  });
  const stateClass = (state: string) => it.page.locator(`.diagram [data-state="${state}"]`).getAttribute("class");

  test("an instance says where it is, what happens next, what is wrong and how it came there", async () => {
    await it.open(failover("prod-1"));
    await it.sees(/it waits for a person/);
    await it.sees(/Must reach recovered by .*, in 4m .*; else pages “failover is late”/);
    await it.sees("Cannot reach db-7 over SSH: no answer in 10s");
    await it.sees("Switch db-7 on");
    await it.sees("3 checks failed");
    assert.equal(await stateClass("confirming"), "state walked");
    assert.equal(await stateClass("fencing"), "state present");
    assert.equal(await stateClass("promoting"), "state dim");
    assert.equal(await it.page.locator(".diagram title").textContent(), "pg/failover: 4 states, now in fencing");
    await it.sees("fettle retry pg/failover/prod-1");
  });

  test("attention shows causes, not things, and the title counts them", async () => {
    await it.open("/");
    assert.equal(await it.page.title(), "(1) Attention · fettle");
    assert.equal(await it.page.locator(".cause").count(), 1);
    await it.sees(/2 × pg\/failover/);
    await it.page.keyboard.press("j");
    await it.page.keyboard.press("Enter");
    await it.page.waitForURL(/filter=machine%3Dpg%2Ffailover%20state%3Dfencing%20status%3Dstuck$/);
    assert.deepEqual((await it.page.locator("td [data-open]").allTextContents()).sort(), ["prod-1", "prod-2"]);
  });

  test("instances are filtered by the command line's selector, in the address", async () => {
    await it.open("/instances");
    await it.page.keyboard.press("/");
    await it.page.keyboard.type("state=fencing -l region=us");
    await it.page.keyboard.press("Enter");
    await it.page.waitForURL(/\/instances\?filter=state%3Dfencing\+-l\+region%3Dus$/);
    assert.deepEqual(await it.page.locator("td [data-open]").allTextContents(), ["prod-2"]);
    await it.open("/instances?filter=state%3Dpromoting%20-l%20region%3Dus");
    await it.sees("Nothing matches");
    await it.open("/instances?filter=colour%3Dred");
    await it.sees('Cannot read "colour=red" in the filter');
  });

  test("a machine shows how many are in each state, as a drawing and as a table", async () => {
    await it.open("/machines/pg%2Ffailover");
    const count = (state: string) => it.page.locator(`.diagram [data-state="${state}"] .count`).textContent();
    assert.equal(await count("fencing"), "2");
    assert.equal(await it.page.locator('.diagram [data-state="fencing"] .stuck').textContent(), "● 2 stuck");
    await it.sees("Puts a standby in the place of a primary that is gone");
    const cells = await it.page.locator('tr[data-row="fencing"] td').allTextContents();
    assert.deepEqual(cells, ["fencing", "promoting", "at most 5s, 2 attempts", "0", "2", "0"]);
    await it.sees("Every instance fits the code.");
  });

  test("what does not exist is said, with what to do", async () => {
    assert.equal(await it.open(failover("prod-")), 404);
    await it.sees(/Did you mean pg\/failover.prod-/);
    assert.equal(await it.open("/machines/nothing"), 404);
    assert.equal(await it.open("/nowhere"), 404);
  });

  test("nothing that people or machines write becomes markup", async () => {
    const evil = `<img src=x onerror="document.title='owned'">`;
    await it.world.client.signal({ ref: { key: "prod-2" }, signal: "destroy", by: evil, why: evil });
    await it.open(failover("prod-2"));
    await it.sees(/<img src=x/);
    assert.equal(await it.page.locator("main img").count(), 0);
    await it.open(`/instances?filter=${encodeURIComponent(`"${evil.replaceAll('"', "")}"`)}`);
    assert.equal(await it.page.locator("main img").count(), 0);
  });

  for (const colorScheme of ["light", "dark"] as const) {
    test(`every view is readable at 360 pixels and in ${colorScheme}`, async () => {
      await it.page.emulateMedia({ colorScheme });
      await it.page.setViewportSize({ width: 360, height: 700 });
      for (const path of ["/", "/instances", failover("prod-2"), "/machines", "/machines/pg%2Ffailover", "/pages?all=1"]) {
        await it.open(path);
        assert.equal(await it.page.evaluate("document.documentElement.scrollWidth"), 360, path);
        assert.deepEqual(await poorContrasts(it.page, 4.5), [], path);
      }
    });
  }
});
