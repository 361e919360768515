import assert from "node:assert/strict";
import { test } from "node:test";
import { spell } from "@fettle/engine";
import fc from "fast-check";

// The browser has its own: what the server says of a span must not change when a script says it a second later.
const { spell: spellInBrowser } = await import(new URL("../assets/time.js", import.meta.url).href);

test("the browser spells a span as the engine does", () => {
  fc.assert(fc.property(fc.integer({ min: -5000, max: 40 * 86_400_000 }), (ms) => assert.equal(spellInBrowser(ms), spell(ms))));
});
