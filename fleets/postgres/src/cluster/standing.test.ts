import assert from "node:assert/strict";
import { test } from "node:test";
import type { Serving } from "../watch/look.ts";
import { type Standing, standing } from "./standing.ts";

const primary = (row: Partial<Serving["standbys"][number]> | undefined): Serving => ({
  kind: "ok",
  recovering: false,
  timeline: 1,
  synchronous: [],
  standbys: row ? [{ member: "b", streaming: true, awaited: true, lag: 0, silence: 10, ...row }] : [],
});

const table: [string, Serving, "running" | "stopped" | "gone", number | undefined, Standing][] = [
  ["streams and lives", primary({}), "running", undefined, "following"],
  ["streams, seen absent before", primary({}), "running", 60_000, "following"],
  ["is not connected at the first look", primary(undefined), "running", undefined, "faltering"],
  ["is not connected for a second", primary(undefined), "running", 1_000, "faltering"],
  ["is not connected for longer than a connection takes", primary(undefined), "running", 2_000, "gone"],
  ["is not connected and its process is gone, at the first look", primary(undefined), "gone", undefined, "faltering"],
  ["is not connected and its process is gone, at the second look", primary(undefined), "gone", 50, "gone"],
  ["is frozen while its connection stands, at the second look", primary({}), "stopped", 50, "gone"],
  ["is connected and silent, at the first look", primary({ silence: 4_000 }), "running", undefined, "faltering"],
  ["is connected and still catches up", primary({ streaming: false }), "running", 2_500, "behind"],
  ["is connected, catches up and is frozen", primary({ streaming: false }), "stopped", 2_500, "gone"],
  ["is another member", primary({ member: "c" }), "gone", 50, "gone"],
];

for (const [name, serving, process, absentFor, expected] of table) {
  test(`a standby that ${name} is ${expected}`, () => assert.equal(standing("b", serving, process, absentFor), expected));
}
