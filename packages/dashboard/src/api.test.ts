import assert from "node:assert/strict";
import { request } from "node:http";
import { after, before, describe, test } from "node:test";
import { startWorld, until, type World } from "../test/world.ts";

describe("the HTTP API", () => {
  let world: World;
  before(async () => {
    world = await startWorld();
    await world.start("prod-1", { region: "eu" });
    await world.reached("prod-1", "stuck");
  });
  after(() => world[Symbol.asyncDispose]());

  const at = "/instances/pg%2Ffailover/prod-1";
  const ana = { by: "ana", why: "switch sw-4 is back" };

  async function ask(path: string, body?: unknown): Promise<{ status: number; answer: unknown }> {
    const post = {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: typeof body === "string" ? body : JSON.stringify(body),
    };
    const response = await fetch(`${world.url}/api/v1${path}`, body === undefined ? {} : post);
    return { status: response.status, answer: await response.json() };
  }

  async function refused(status: number, code: string, path: string, body?: unknown): Promise<void> {
    const got = await ask(path, body);
    const { error } = got.answer as { error: { code: string; message: string; fix?: string } };
    assert.deepEqual([got.status, error.code], [status, code], error.message);
    assert.match(error.message, /^[A-Z].*[^.]$/s);
  }

  test("answers what the client answers", async () => {
    const { client } = world;
    const steady = (value: unknown) => JSON.parse(JSON.stringify(value));
    await until("nothing is being delivered any more", async () => {
      const pages = await client.pages({ all: true });
      return pages.length > 0 && pages.every(({ deliveries }) => deliveries.every(({ delivered }) => delivered !== null));
    });
    assert.deepEqual((await ask("/machines")).answer, steady(await client.machines()));
    assert.deepEqual((await ask("/attention")).answer, steady(await client.attention()));
    assert.deepEqual((await ask("/pages?all=1")).answer, steady(await client.pages({ all: true })));
    assert.deepEqual((await ask("/check")).answer, []);
    assert.deepEqual((await ask(at)).answer, steady(await client.show({ key: "prod-1" })));
    assert.deepEqual((await ask("/instances/-/prod-1")).answer, steady(await client.show({ key: "prod-1" })));
    assert.deepEqual((await ask(`${at}/history`)).answer, steady(await client.history({ key: "prod-1" })));
    assert.deepEqual((await ask("/changes?after=0")).answer, steady(await client.changes("0")));
    assert.equal(((await ask("/workers")).answer as unknown[]).length, 1);
  });

  test("history is read in parts", async () => {
    const whole = await world.client.history({ key: "prod-1" });
    const [first] = (await ask(`${at}/history?limit=1`)).answer as { id: number }[];
    const next = (await ask(`${at}/history?limit=1&before=${first?.id}`)).answer as { id: number }[];
    assert.deepEqual([first?.id, next[0]?.id], [whole[0]?.id, whole[1]?.id]);
  });

  test("a list is narrowed by every field and by labels", async () => {
    const total = async (query: string) => ((await ask(`/instances?${query}`)).answer as { total: number }).total;
    assert.equal(await total("machine=pg%2Ffailover&key=prod-1&state=fencing&status=stuck&label=region%3Deu&limit=5"), 1);
    assert.equal(await total("label=region%3Dus"), 0);
    assert.equal(await total("status=done"), 0);
  });

  test("starts, signals, retries and acknowledges", async () => {
    const started = await ask("/instances", { machine: "pg/failover", key: "a/b ?#%2F é", input: { cluster: "x" }, ...ana });
    assert.deepEqual(started, { status: 200, answer: { machine: "pg/failover", key: "a/b ?#%2F é", run: 1, answer: "started" } });
    const there = `/instances/-/${encodeURIComponent("a/b ?#%2F é")}`;
    assert.equal((await ask(there)).status, 200);
    assert.deepEqual(await ask(`${there}/signals`, { signal: "prefer", payload: { candidate: "db-2" }, ...ana }), {
      status: 200,
      answer: null,
    });
    const [page] = await world.client.pages({});
    const taken = (await ask(`/pages/${page?.id}/acknowledge`, ana)).answer as { acknowledged: { by: string; note: string } };
    assert.deepEqual([taken.acknowledged.by, taken.acknowledged.note], [ana.by, ana.why]);
    assert.deepEqual(await ask(`${at}/retry`, ana), { status: 200, answer: null });
    await until("the retry is in history", async () =>
      (await world.client.history({ key: "prod-1" })).some(({ kind, by }) => kind === "retried" && by === "ana"),
    );
  });

  test("moves, edits, pauses, cancels, and lays down and takes back rules", async () => {
    await world.start("ordered", { region: "us" });
    await world.reached("ordered", "stuck");
    const there = "/instances/-/ordered";
    const { answer } = await ask(`${there}/edit`, { set: { cluster: "y" }, ...ana });
    assert.deepEqual(
      (answer as { field: string; after: string }[]).map(({ field, after: now }) => [field, now]),
      [["cluster", "y"]],
    );
    assert.deepEqual(await ask(`${there}/move`, { state: "promoting", ...ana }), { status: 200, answer: null });
    await until("it is moved by ana", async () =>
      (await world.client.history({ key: "ordered" })).some(({ to, by }) => to === "promoting" && by === "ana"),
    );
    const rule = (await ask("/rules", { kind: "pause", selector: { key: "ordered" }, ...ana })).answer as { id: number };
    assert.equal(((await ask(there)).answer as { held: { kind: string } }).held.kind, "pause");
    assert.equal(((await ask("/rules")).answer as unknown[]).length, 1);
    assert.equal((await ask(`/rules/${rule.id}/end`, ana)).status, 200);
    assert.deepEqual((await ask("/rules")).answer, []);
    assert.deepEqual((await ask("/breakers")).answer, []);
    await refused(404, "NO_SUCH_RULE", `/rules/${rule.id}/end`, ana);
    await refused(404, "NO_SUCH_STATE", `${there}/move`, { state: "nowhere", ...ana });
    await refused(400, "BAD_DATA", `${there}/edit`, { set: { cluster: 7 }, ...ana });
    await refused(400, "BAD_INPUT", `${there}/edit`, { set: [], ...ana });
    await refused(400, "BAD_RULE", "/rules", { kind: "silence", selector: {}, value: "mute", ...ana });
    await refused(400, "BAD_DURATION", "/rules", { kind: "pause", selector: {}, lasts: "long", ...ana });
    await refused(409, "NOT_ASKED", `${there}/approve`, ana);
    await refused(409, "NOT_OPEN", "/breakers/close", { machine: "pg/failover", name: "promoting", ...ana });
    assert.deepEqual(await ask(`${there}/cancel`, ana), { status: 200, answer: null });
    await world.reached("ordered", "done");
    await refused(409, "NOT_RUNNING", `${there}/cancel`, ana);
  });

  test("says what is wrong, with the status that fits", async () => {
    await refused(404, "NO_SUCH_INSTANCE", "/instances/-/nobody");
    await refused(404, "NO_SUCH_MACHINE", "/instances/nothing/prod-1");
    await refused(404, "NO_SUCH_PAGE", "/pages/999/acknowledge", ana);
    await refused(404, "NO_SUCH_PAGE", "/pages/x/acknowledge", ana);
    await refused(404, "NO_SUCH_SIGNAL", `${at}/signals`, { signal: "shout", ...ana });
    await refused(404, "NO_SUCH_ROUTE", "/everything");
    await refused(409, "ALREADY_RUNNING", "/instances", { machine: "pg/failover", key: "prod-1", input: { cluster: "x" }, ...ana });
    await refused(400, "BAD_DATA", "/instances", { machine: "pg/failover", key: "new", input: { cluster: 7 }, ...ana });
    await refused(400, "BAD_SIGNAL", `${at}/signals`, { signal: "prefer", payload: { candidate: 7 }, ...ana });
    await refused(400, "USAGE", "/instances?status=asleep");
    await refused(400, "USAGE", "/instances?limit=many");
    await refused(400, "USAGE", "/instances?label=region");
  });

  test("checks a body before anything is done", async () => {
    await refused(400, "NOT_JSON", `${at}/retry`, "{");
    await refused(400, "BAD_INPUT", `${at}/retry`, "[]");
    await refused(400, "BAD_INPUT", `${at}/retry`, { why: "x" });
    await refused(400, "BAD_INPUT", `${at}/retry`, { by: "ana", why: 7 });
    await refused(400, "BAD_INPUT", "/instances", { machine: "pg/failover", key: "k", input: {}, ifRunning: "maybe", ...ana });
    await refused(400, "BAD_INPUT", "/instances", { machine: "pg/failover", key: "k", input: {}, labels: { region: 1 }, ...ana });
    await refused(400, "BAD_INPUT", `${at}/retry`, { ...ana, padding: "x".repeat(1024 * 1024) });
  });

  test("foreign hosts and pages get nothing, and every answer closes the browser's doors", async () => {
    const raw = (method: string, path: string, headers: Record<string, string>) =>
      new Promise<{ status: number | undefined; policy: string | undefined }>((resolve, reject) => {
        const sent = request(`${world.url}${path}`, { method, headers }, (response) => {
          response.resume();
          resolve({ status: response.statusCode, policy: String(response.headers["content-security-policy"]) });
        });
        sent.on("error", reject).end(method === "POST" ? JSON.stringify(ana) : undefined);
      });
    const json = { "content-type": "application/json" };
    for (const path of ["/", "/api/v1/machines", "/assets/fettle.js"]) {
      const { status, policy } = await raw("GET", path, { host: "evil.example" });
      assert.equal(status, 403, path);
      assert.match(policy ?? "", /default-src 'none'.*frame-ancestors 'none'/);
      assert.equal((await raw("GET", path, {})).status, 200, path);
    }
    const before = (await world.client.history({ key: "prod-1" })).length;
    assert.equal((await raw("POST", `/api/v1${at}/retry`, { ...json, origin: "https://evil.example" })).status, 403);
    assert.equal((await raw("POST", `/api/v1${at}/retry`, { "content-type": "text/plain" })).status, 403);
    assert.equal((await world.client.history({ key: "prod-1" })).length, before);
  });

  test("tells live what is committed, and goes on where a reader was cut off", async () => {
    const { last } = await world.client.changes();
    const over = new AbortController();
    const response = await fetch(`${world.url}/api/v1/live`, { headers: { "last-event-id": last }, signal: over.signal });
    assert.match(response.headers.get("content-type") ?? "", /^text\/event-stream/);
    await world.start("prod-live");
    let told = "";
    for await (const chunk of response.body ?? []) {
      told += new TextDecoder().decode(chunk);
      if (told.includes("prod-live")) break;
    }
    over.abort();
    assert.match(told, /event: changes\ndata: \{"entries":\[.*"key":"prod-live".*\],"last":"\d[-_\d]*"\}\nid: \d[-_\d]*\n/);
  });
});
