import assert from "node:assert/strict";
import { test } from "node:test";
import { startWorld, until } from "../../test/world.ts";

test("the Pages view tells what was told to whom, who is called next, and whether each way works", async () => {
  await using world = await startWorld();
  await world.start("prod-1");
  await world.reached("prod-1", "stuck");
  const view = async () => (await (await fetch(`${world.url}/pages`)).text()).replaceAll(/<[^>]+>/g, " ").replaceAll(/\s+/g, " ");
  await until("the call was delivered", async () => (await world.client.pages({}))[0]?.deliveries[0]?.delivered != null);
  const open = await view();
  assert.match(open, /open since .+ ago calls pager again in (29|30)m.*What was told pager called .+ ago/);
  assert.match(open, /Ways to a person .* pager at once, again each 30m worked .+ ago/);
  const [page] = await world.client.pages({});
  await world.client.acknowledge(page?.id ?? 0, { by: "ana", why: "switch sw-4" });
  const taken = await view();
  assert.match(taken, /acknowledged by ana .+: “switch sw-4”/);
  assert.doesNotMatch(taken, /calls pager again/);
});
