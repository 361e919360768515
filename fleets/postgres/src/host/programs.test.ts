import assert from "node:assert/strict";
import { test } from "node:test";
import { choose, findPrograms, parseMajor } from "./programs.ts";

test("the newest is taken, or the one that was asked for", () => {
  const found = [
    { folder: "/15", major: 15 },
    { folder: "/17", major: 17 },
  ];
  assert.equal(choose(found, "/*").folder, "/17");
  assert.equal(choose(found, "/*", 15).folder, "/15");
});

test("programs that are missing, too old or of another version are a sentence each", async () => {
  assert.throws(() => choose([], "/usr/lib/postgresql/*/bin"), { code: "POSTGRES_MISSING", message: /initdb.*in \/usr\/lib/ });
  assert.throws(() => choose([{ folder: "/13", major: 13 }], "/13"), { code: "POSTGRES_TOO_OLD", message: /is 13; fettle needs 15/ });
  assert.throws(() => choose([{ folder: "/17", major: 17 }], "/17", 15), { code: "POSTGRES_MISSING", message: /made by Postgres 15/ });
  await assert.rejects(
    findPrograms("/nowhere", async () => ""),
    { code: "POSTGRES_MISSING" },
  );
});

test("a version is read whatever the packager adds", () => {
  assert.equal(parseMajor("postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)"), 15);
  assert.equal(parseMajor("postgres (PostgreSQL) 18beta1"), 18);
  assert.equal(parseMajor("something else"), 0);
});
