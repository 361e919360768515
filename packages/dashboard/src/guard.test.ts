import assert from "node:assert/strict";
import { test } from "node:test";
import { type Asked, isLoopback, refusalOf } from "./guard.ts";

const get: Asked = { method: "GET", host: "127.0.0.1:4747", origin: undefined, site: undefined, type: undefined };
const post: Asked = { ...get, method: "POST", origin: "http://127.0.0.1:4747", site: "same-origin", type: "application/json" };

const answered: Readonly<Record<string, Asked>> = {
  "a browser on this machine": get,
  localhost: { ...get, host: "localhost:4747" },
  "another port, as ssh -L makes one": { ...post, host: "localhost:9000", origin: "http://localhost:9000" },
  IPv6: { ...get, host: "[::1]:4747" },
  "any case": { ...post, host: "LocalHost:4747", origin: "http://localhost:4747", type: "application/JSON; charset=utf-8" },
  "a program, which sends neither Origin nor Sec-Fetch-Site": { ...post, origin: undefined, site: undefined },
  "a link from another site, which only reads": { ...get, site: "cross-site" },
};
for (const [who, asked] of Object.entries(answered)) test(`answers ${who}`, () => assert.equal(refusalOf(asked), undefined));

const refused: Readonly<Record<string, Asked>> = {
  "a foreign name that resolves to this machine": { ...get, host: "evil.example:4747" },
  "a name that begins like ours": { ...get, host: "127.0.0.1.evil.example" },
  "a name that ends like ours": { ...get, host: "evil.localhost.example" },
  "a private address": { ...get, host: "192.168.1.7:4747" },
  "no Host": { ...get, host: undefined },
  "an empty Host": { ...get, host: "" },
  "a post from a foreign page": { ...post, origin: "https://evil.example" },
  "a post from another port of this machine": { ...post, origin: "http://127.0.0.1:3000" },
  "a post from an opaque origin": { ...post, origin: "null" },
  "a post that the browser calls cross-site": { ...post, origin: undefined, site: "cross-site" },
  "a post that the browser calls same-site": { ...post, origin: undefined, site: "same-site" },
  "a form": { ...post, type: "application/x-www-form-urlencoded" },
  "plain text, which needs no preflight": { ...post, type: "text/plain" },
  "a post without a type": { ...post, type: undefined },
  "any other method from a foreign page": { ...post, method: "DELETE", origin: "https://evil.example" },
};
for (const [who, asked] of Object.entries(refused)) test(`refuses ${who}`, () => assert.equal(typeof refusalOf(asked), "string"));

test("loopback is what only this machine can reach", () => {
  for (const host of ["127.0.0.1", "127.8.9.1", "::1", "localhost"]) assert.ok(isLoopback(host), host);
  for (const host of ["0.0.0.0", "::", "", "10.0.0.1", "127.0.0.1.example", "128.0.0.1", "127.1"]) assert.ok(!isLoopback(host), host);
});
