import assert from "node:assert/strict";
import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { test } from "node:test";
import type { Client } from "@fettle/engine";
import { serveDashboard } from "./index.ts";
import { statusOf } from "./status.ts";

// Nothing here gets as far as the store.
const client = undefined as unknown as Client;
const options = { client, machines: [], log: () => undefined };

for (const host of ["0.0.0.0", "::", "192.168.1.7", "example.org"]) {
  test(`does not serve on ${host}, which others can reach`, async () => {
    await assert.rejects(serveDashboard({ ...options, host, port: 0 }), { code: "NOT_ALLOWED", fix: /proxy that authenticates/ });
  });
}

test("says that a port is taken", async () => {
  const other = createServer().listen(0, "127.0.0.1");
  await once(other, "listening");
  const { port } = other.address() as AddressInfo;
  await assert.rejects(serveDashboard({ ...options, port }), {
    code: "PORT_TAKEN",
    message: new RegExp(`127.0.0.1:${port}`),
    fix: /--port/,
  });
  other.close();
});

test("a code has one status", () => {
  const expected = {
    BAD_KEY: 400,
    USAGE: 400,
    NOT_ALLOWED: 403,
    NO_SUCH_PAGE: 404,
    NOT_RUNNING: 409,
    STORE_AWAY: 503,
    toString: 500,
    EACCES: 500,
  };
  assert.deepEqual(Object.fromEntries(Object.keys(expected).map((code) => [code, statusOf(code)])), expected);
});
