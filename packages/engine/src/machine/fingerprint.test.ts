import assert from "node:assert/strict";
import { test } from "node:test";
import { fingerprint } from "./fingerprint.ts";

test("messages about different things have one fingerprint", () => {
  const same = (...messages: readonly [message: string, ...names: string[]][]) =>
    assert.equal(new Set(messages.map(([message, ...names]) => fingerprint(message, names))).size, 1, messages.join(" | "));
  same(["Cannot reach db-7.eu over SSH: no answer in 10s"], ["Cannot reach db-12.us over SSH: no answer in 9.5s"]);
  same(["Cannot reach alpha over SSH", "alpha"], ["Cannot reach beta over SSH", "beta"], ["Cannot reach (a.b*c) over SSH", "(a.b*c)"]);
  same([`column "name" is missing`], [`column "other" is missing`]);
  same(["no row of 4b825dc642cb6eb9a060e54bf8d69288fbee4904"], ["no row of 123e4567-e89b-12d3-a456-426614174000"]);
  same(["at 2026-11-25T07:00:01.123Z, 10.0.0.1:5432"], ["at 2025-01-02T03:04:05Z, 10.0.0.2:5433"]);
  same(["db is on eu", "db", "eu"], ["cache is on us", "cache", "us"]);
});

test("different messages have different fingerprints", () => {
  const messages = ["The disk is full", "The disk is on fire", "The disc is full", ""];
  assert.equal(new Set(messages.map((message) => fingerprint(message, ["prod-1"]))).size, messages.length);
});

test("a name inside another word is a part of that word", () => {
  assert.notEqual(fingerprint("a cat", ["a"]), fingerprint("b cbt", ["b"]));
  assert.equal(fingerprint("a cat", ["a"]), fingerprint("b cat", ["b"]));
});
