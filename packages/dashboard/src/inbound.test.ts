import assert from "node:assert/strict";
import { request } from "node:http";
import { text } from "node:stream/consumers";
import { after, before, describe, test } from "node:test";
import { sign } from "@fettle/engine";
import { alerts, startWorld, type World } from "../test/world.ts";

describe("alerts from outside", () => {
  let world: World;
  before(async () => {
    world = await startWorld();
  });
  after(() => world[Symbol.asyncDispose]());

  type Headers = Record<string, string>;

  async function post(path: string, body: unknown, headers: Headers): Promise<{ status: number; answer: unknown }> {
    const sent = request(`${world.url}/api/in/${path}`, { method: "POST", headers: { "content-type": "application/json", ...headers } });
    const response = new Promise<{ status: number; answer: unknown }>((resolve, reject) => {
      sent.on("error", reject).on("response", (got) => {
        text(got).then((said) => resolve({ status: got.statusCode ?? 0, answer: JSON.parse(said) }), reject);
      });
    });
    sent.end(typeof body === "string" ? body : JSON.stringify(body));
    return response;
  }

  const bearer = { authorization: `Bearer ${alerts.secret}` };
  const seconds = (ago = 0) => String(Math.floor(Date.now() / 1000) - ago);
  const signed = (body: unknown, at = seconds(), secret = alerts.secret) => ({
    "fettle-timestamp": at,
    "fettle-signature": sign(secret, at, JSON.stringify(body)),
  });
  const down = (instance: string, more: object = {}) => ({
    status: "firing",
    labels: { alertname: "PostgresDown", instance, cluster: "c1" },
    annotations: { summary: "no answer" },
    startsAt: new Date().toISOString(),
    endsAt: "0001-01-01T00:00:00Z",
    generatorURL: "http://prometheus/x",
    ...more,
  });
  const group = (...all: object[]) => ({ version: "4", status: "firing", receiver: "fettle", groupLabels: {}, alerts: all });

  test("what Alertmanager sends starts an instance, with what the rule makes of it, and again starts nothing", async () => {
    const body = group(down("db-1"), { ...down("x"), labels: { alertname: "Other" } });
    assert.deepEqual(await post("alertmanager", body, bearer), {
      status: 200,
      answer: [{ machine: "pg/failover", key: "db-1", did: "started" }],
    });
    assert.deepEqual((await post("alertmanager", body, bearer)).answer, [{ machine: "pg/failover", key: "db-1", did: "kept" }]);
    assert.deepEqual((await world.client.show({ key: "db-1" })).data, { cluster: "c1" });
    const started = (await world.client.history({ key: "db-1" })).at(-1);
    assert.deepEqual([started?.by, started?.why], ["alert", "PostgresDown: no answer"]);
  });

  test("a run that is over is not started again by the alert it was for, but by a later one", async () => {
    world.outside.up = true;
    const startsAt = new Date(Date.now() - 60_000).toISOString();
    await post("webhook", down("db-2", { startsAt }), signed(down("db-2", { startsAt })));
    await world.reached("db-2", "promoting");
    const prefer = { status: "firing", labels: { alertname: "Prefers", to: "db-2" } };
    assert.deepEqual((await post("webhook", prefer, signed(prefer))).answer, [{ machine: "pg/failover", key: "db-2", did: "signalled" }]);
    await world.reached("db-2", "done");
    const again = down("db-2", { startsAt });
    assert.deepEqual((await post("webhook", again, signed(again))).answer, [{ machine: "pg/failover", key: "db-2", did: "kept" }]);
    const later = down("db-2", { startsAt: new Date(Date.now() + 1000).toISOString() });
    assert.deepEqual((await post("webhook", later, signed(later))).answer, [{ machine: "pg/failover", key: "db-2", did: "started" }]);
    assert.equal((await world.client.show({ key: "db-2" })).run, 2);
  });

  test("the end of an alert is a signal, and is nothing where nothing runs", async () => {
    const over = down("db-2", { status: "resolved" });
    assert.deepEqual((await post("webhook", over, signed(over))).answer, [{ machine: "pg/failover", key: "db-2", did: "signalled" }]);
    const unknown = down("db-9", { status: "resolved" });
    assert.deepEqual((await post("webhook", unknown, signed(unknown))).answer, [{ machine: "pg/failover", key: "db-9", did: "ignored" }]);
  });

  test("one alert that cannot be taken does not stop the others, and the sender is told", async () => {
    const { status, answer } = await post(
      "alertmanager",
      group({ ...down("x"), labels: { alertname: "PostgresDown" } }, down("db-3")),
      bearer,
    );
    assert.deepEqual([status, (answer as { error: { code: string } }).error.code], [400, "BAD_INPUT"]);
    assert.equal((await world.client.show({ key: "db-3" })).run, 1);
  });

  test("whoever cannot prove that he has the secret gets nothing", async () => {
    const body = down("evil");
    const wrong: readonly (readonly [path: string, headers: Headers])[] = [
      ["alertmanager", {}],
      ["alertmanager", { authorization: "Bearer other" }],
      ["alertmanager", { authorization: alerts.secret }],
      ["alertmanager", signed(body)],
      ["webhook", {}],
      ["webhook", bearer],
      ["webhook", signed(body, seconds(), "other")],
      ["webhook", signed({ ...body, status: "resolved" })],
      ["webhook", { ...signed(body), "fettle-timestamp": seconds(-1) }],
      // Further from the window's end than any machine is slow.
      ["webhook", signed(body, seconds(360))],
      ["webhook", signed(body, seconds(-360))],
      ["webhook", { ...signed(body), "fettle-signature": "sha256=" }],
    ];
    for (const [path, headers] of wrong) {
      const { status, answer } = await post(path, body, headers);
      assert.deepEqual([status, (answer as { error: { code: string } }).error.code], [403, "NOT_ALLOWED"], JSON.stringify([path, headers]));
      assert.ok(!JSON.stringify(answer).includes(alerts.secret));
    }
    await assert.rejects(world.client.show({ key: "evil" }), { code: "NO_SUCH_INSTANCE" });
  });

  test("the guard against foreign hosts and pages stands before it", async () => {
    const body = down("evil");
    for (const foreign of [{ host: "evil.example" }, { origin: "https://evil.example" }, { "content-type": "text/plain" }] as const) {
      assert.equal((await post("webhook", body, { ...signed(body), ...foreign })).status, 403, JSON.stringify(foreign));
    }
  });

  test("what is no alert is refused", async () => {
    for (const body of [
      {},
      { status: "on", labels: {} },
      { status: "firing", labels: { a: 1 } },
      { status: "firing", labels: {}, startsAt: "soon" },
    ]) {
      assert.equal((await post("webhook", body, signed(body))).status, 400, JSON.stringify(body));
    }
    assert.equal((await post("alertmanager", "{", bearer)).status, 400);
  });
});
