import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { z } from "zod";
import { createClient, machine, none, openStore, rolesScript, startWorker } from "../src/index.ts";
import { type PostgresServer, startPostgres, statement } from "./postgres-server.ts";
import { until } from "./stores.ts";

const repair = machine({
  name: "repair",
  data: z.object({}),
  signals: { go: none },
  start: "waiting",
  transitions: { waiting: ["over"], over: [] },
  states: { waiting: async (it) => (it.take("go") ? it.to("over") : it.wait("1h")), over: async (it) => it.done() },
});

const denied = { code: "42501" };

describe("a role", () => {
  let server: PostgresServer;
  let owner: string;
  const as = (role: string) => owner.replace("//postgres@", `//test_${role}@`);

  before(async () => {
    server = await startPostgres();
    owner = await server.database();
    await (await openStore({ url: owner }))[Symbol.asyncDispose]();
    // Twice: it also brings the rights up to date.
    await statement(owner, rolesScript);
    await statement(owner, rolesScript);
    for (const role of ["caller", "reader", "worker"]) await statement(owner, `create role test_${role} login in role fettle_${role}`);
    await statement(owner, "create role test_nobody login");
  });
  after(async () => {
    await server[Symbol.asyncDispose]();
  });

  test("of a worker runs machines, and cannot change the schema", async () => {
    await using store = await openStore({ url: as("worker") });
    await using _worker = await startWorker({ store, machines: [repair], log: () => {} });
    const client = createClient({ store, machines: [repair] });
    await client.start({ machine: "repair", key: "x", input: {}, by: "test", why: "" });
    await client.signal({ ref: { key: "x" }, signal: "go", by: "test", why: "" });
    await until("it is done", async () => (await client.show({ key: "x" })).status === "done");
    await assert.rejects(statement(as("worker"), "drop table fettle.inbox"), denied);
    await assert.rejects(statement(as("worker"), "create table fettle.mine ()"), denied);
    await assert.rejects(statement(as("worker"), "insert into fettle.migration (version) values (99)"), denied);
  });

  test("of a caller starts and signals, and reads and writes no table", async () => {
    await using store = await openStore({ url: owner });
    await using _worker = await startWorker({ store, machines: [repair], log: () => {} });
    const client = createClient({ store, machines: [repair] });
    await statement(as("caller"), "select fettle.start('repair', 'y')");
    await statement(as("caller"), "select fettle.signal('repair', 'y', 'go', why => 'now')");
    await until("it is done", async () => (await client.show({ key: "y" })).status === "done");
    assert.deepEqual(
      (await client.history({ key: "y" })).filter(({ kind }) => kind === "started" || kind === "took").map(({ by, why }) => [by, why]),
      [
        ["test_caller", "now"],
        ["test_caller", ""],
      ],
    );
    const tables = await statement<{ name: string }>(
      owner,
      "select oid::regclass::text as name from pg_class where relnamespace = 'fettle'::regnamespace and relkind in ('r', 'p', 'S')",
    );
    assert.ok(tables.length > 8);
    for (const { name } of tables) await assert.rejects(statement(as("caller"), `select from ${name}`), denied, name);
    await assert.rejects(statement(as("caller"), "delete from fettle.inbox"), denied);
    const functions = await statement<{ name: string }>(
      owner,
      `select p.oid::regprocedure::text as name from pg_proc p where pronamespace = 'fettle'::regnamespace
       and has_function_privilege('test_caller', p.oid, 'execute') order by 1`,
    );
    assert.deepEqual(
      functions.map(({ name }) => name.replace(/\(.*/, "")),
      ["fettle.signal", "fettle.start"],
    );
  });

  test("of a caller cannot have its own function run with the owner's rights", async () => {
    await statement(owner, "create schema trap authorization test_caller");
    await statement(
      as("caller"),
      `create function trap.octet_length(text) returns int language plpgsql as 'begin raise exception ''trapped as %'', current_user; end'`,
    );
    const rows = await statement<{ run: number }>(
      `${as("caller")}?options=-c%20search_path%3Dtrap,pg_catalog`,
      "select fettle.start('repair', 'trapped') as run",
    );
    assert.deepEqual(rows, [{ run: 1 }]);
  });

  test("of a reader sees all and changes nothing", async () => {
    await using store = await openStore({ url: as("reader") });
    const client = createClient({ store, machines: [repair] });
    assert.ok((await client.list({})).total > 0);
    await client.show({ key: "x" });
    await client.attention();
    await client.pages({});
    await assert.rejects(client.start({ machine: "repair", key: "z", input: {}, by: "test", why: "" }), {
      code: "SQL_42501",
      fix: "Give the role of DATABASE_URL the rights that fettle roles prints",
    });
    await assert.rejects(statement(as("reader"), "select fettle.start('repair', 'z')"), denied);
    await assert.rejects(statement(as("reader"), "update fettle.instance set state = 'over'"), denied);
  });

  test("that was granted nothing cannot even call", async () => {
    await assert.rejects(statement(as("nobody"), "select fettle.start('repair', 'z')"), denied);
  });
});
