import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { test } from "node:test";
import { type Receiver, startReceiver } from "../../engine/test/receiver.ts";
import { openStoredSandbox, until } from "./sandbox.ts";

const secret = "0123456789abcdef0123";
const config = `
import { defineConfig, machine, object, pagerduty, slack } from "fettle";

const breaks = machine({
  name: "breaks",
  data: object({}),
  start: "a",
  transitions: { a: [] },
  states: { a: async (it) => it.stuck("It is broken") },
});

export default defineConfig({
  machines: [breaks],
  pager: [slack({ url: process.env.SLACK_URL }), { after: "15m", via: pagerduty({ routingKey: "k", url: process.env.PAGERDUTY_URL }) }],
  alerts: { secret: "${secret}", rules: [{ match: { alertname: "Down" }, start: { machine: "breaks", key: "instance" } }] },
});
`;

const environment = (chat: Receiver, phone: Receiver) => ({ SLACK_URL: chat.url, PAGERDUTY_URL: phone.url });

test("pages test says through which ways it went, and ends with 1 when it did not through one", async () => {
  await using chat = await startReceiver();
  await using phone = await startReceiver();
  await using box = await openStoredSandbox(config);
  const env = environment(chat, phone);
  assert.equal((await box.fettle(["pages", "test"], env)).code, 5);
  await using _up = await box.up(["--port", "0"], env);
  const works = await box.fettle(["pages", "test"], env);
  assert.deepEqual([works.code, works.stdout], [0, "pagerduty\tworks\t\nslack\tworks\t\n"]);
  phone.answer = 500;
  const fails = await box.fettle(["pages", "test"], env);
  assert.deepEqual([fails.code, fails.stdout], [1, "pagerduty\tfailed\tpagerduty refused it with status 500\nslack\tworks\t\n"]);
  assert.equal((await box.fettle(["pages", "test", "--via", "slack"], env)).stdout, "slack\tworks\t\n");
  assert.match((await box.fettle(["pages", "test", "--via", "fax"], env)).stderr, /NO_SUCH_WAY.*slack, pagerduty/s);
  assert.equal((await box.fettle(["pages", "--via", "slack"], env)).code, 2);
});

test("an alert starts an instance, whose page is shown with what was told, and is acknowledged with a note", async () => {
  await using chat = await startReceiver();
  await using phone = await startReceiver();
  await using box = await openStoredSandbox(config);
  const env = environment(chat, phone);
  await using up = await box.up(["--port", "0"], env);
  const body = JSON.stringify({ status: "firing", labels: { alertname: "Down", instance: "db-1" } });
  const timestamp = String(Math.floor(Date.now() / 1000));
  const signature = `sha256=${createHmac("sha256", secret).update(`${timestamp}.${body}`).digest("hex")}`;
  const headers = { "content-type": "application/json", "fettle-timestamp": timestamp, "fettle-signature": signature };
  const answer = await fetch(`${up.url}/api/in/webhook`, { method: "POST", headers, body });
  assert.deepEqual(await answer.json(), [{ machine: "breaks", key: "db-1", did: "started" }]);
  await until("it has called", async () => chat.received.length > 0);
  const [page] = JSON.parse((await box.fettle(["pages", "--json"], env)).stdout);
  await until("it is noted", async () =>
    (await box.fettle(["pages", String(page.id)], env)).stdout.includes("\tslack\topen\t1\tdelivered\t"),
  );
  assert.match((await box.fettle(["pages", "999"], env)).stderr, /NO_SUCH_PAGE/);
  assert.equal((await box.fettle(["ack", String(page.id), "--note", "on it"], env)).code, 0);
  await until("who was called knows", async () => chat.received.some(({ body: said }) => said.includes("is on it (on it)")));
});
