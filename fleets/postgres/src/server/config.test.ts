import assert from "node:assert/strict";
import { test } from "node:test";
import { namesIn, nobody, replicationConfig, revisionOf, serverConfig } from "./config.ts";
import { checkSocketPath, fileName, placeOf } from "./place.ts";

const place = placeOf("/srv/it's here", "prod-1", "b");

test("a quote in a path does not end the setting", () => {
  assert.match(serverConfig(place, "127.0.0.1", 20_000, 1), /^data_directory = '\/srv\/it''s here\/prod-1\/b\/data'$/m);
});

test("a standby is told whom to follow, as whom, and by which slot", () => {
  const config = replicationConfig(place, { follows: { host: "127.0.0.1", port: 20_001, member: "b" }, synchronous: [] }, 7);
  assert.match(config, /^synchronous_standby_names = ''$/m);
  assert.match(config, /^primary_slot_name = 'member_b'$/m);
  // Quoted for the connection, and once more for the file.
  assert.match(config, /port=''20001'' .*application_name=''b''/);
  assert.ok(config.includes(String.raw`passfile=''/srv/it\\''s here/prod-1/b/pgpass''`));
  assert.equal(revisionOf(config), 7);
});

test("the primary waits for the members that are named, and for no other", () => {
  const config = replicationConfig(place, { synchronous: ["b", "c"] }, 1);
  const setting = /synchronous_standby_names = '(.*)'/.exec(config)?.[1] ?? "";
  assert.equal(setting, 'ANY 1 ("b", "c")');
  assert.deepEqual(namesIn(setting), ["b", "c"]);
  assert.deepEqual(namesIn(""), []);
  assert.doesNotMatch(nobody, /^[a-z]$/, "no member has that name");
});

test("no file that was written by hand is older than any decision", () => assert.equal(revisionOf("port = 1\n"), 0));

test("a token becomes a file's name", () => assert.equal(fileName("postgres/failover:prod-1:1:3"), "postgres_failover_prod-1_1_3"));

test("a folder whose path is too long for a socket is refused", () => {
  assert.throws(() => checkSocketPath(placeOf(`/${"x".repeat(90)}`, "prod-1", "a")), { code: "PATH_TOO_LONG", message: /107 are allowed/ });
  checkSocketPath(placeOf("/var/lib/fettle/postgres", "prod-1", "a"));
});
