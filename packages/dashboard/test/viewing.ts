import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { after, afterEach, before, beforeEach } from "node:test";
import type { Machine } from "@fettle/engine";
import { type Browser, chromium, type Page } from "playwright-core";
import { startWorld, type World } from "./world.ts";

const executable = process.env["CHROMIUM"] ?? "/usr/bin/chromium";

/** Why tests in a browser cannot run here; false when they can. */
export const noBrowser: string | false = existsSync(executable)
  ? false
  : `There is no Chromium at ${executable}: install it (apt install chromium) or name it in CHROMIUM`;

export interface Viewing {
  readonly world: World;
  /** A new one for each test. */
  readonly page: Page;
  open(path: string): Promise<number | undefined>;
  sees(words: string | RegExp): Promise<void>;
  /** Remembers what a reload would forget; `unloaded` answers whether it was. */
  mark(): Promise<void>;
  unloaded(): Promise<boolean>;
}

/**
 * For the tests of one `describe`: a world, made ready once, and a page of Chromium for each test.
 * A test fails when the page complains: an error in a script, a thing that the policy refuses, an asset that is not there.
 */
export function viewing(ready: (world: World) => Promise<void>, more: readonly Machine[] = []): Viewing {
  let world: World;
  let browser: Browser;
  let page: Page;
  const complaints: string[] = [];

  before(async () => {
    const launched = chromium.launch({ executablePath: executable, args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"] });
    [world, browser] = await Promise.all([startWorld(more), launched]);
    await ready(world);
  });
  after(async () => {
    await browser?.close();
    await world?.[Symbol.asyncDispose]();
  });
  beforeEach(async () => {
    page = await browser.newPage({ viewport: { width: 1280, height: 800 }, colorScheme: "light" });
    page.setDefaultTimeout(8000);
    page.on("pageerror", ({ message }) => complaints.push(message));
    page.on("console", (message) => {
      // The browser's own line about a status: the test knows which to expect.
      if (message.type() === "error" && !message.text().startsWith("Failed to load resource")) complaints.push(message.text());
    });
    page.on("response", (response) => {
      if (response.url().includes("/assets/") && response.status() >= 400) complaints.push(`${response.status()} ${response.url()}`);
    });
  });
  afterEach(async () => {
    await page.close();
    assert.deepEqual(complaints.splice(0), []);
  });
  return {
    get world() {
      return world;
    },
    get page() {
      return page;
    },
    open: async (path) => (await page.goto(world.url + path))?.status(),
    sees: (words) => page.getByText(words).first().waitFor(),
    mark: () => page.evaluate("window.unloaded = false"),
    unloaded: () => page.evaluate("window.unloaded !== false"),
  };
}
