import assert from "node:assert/strict";
import { test } from "node:test";
import { type Ballot, type Election, elect, position } from "./election.ts";

const at = (member: string, lsn: string): Ballot => ({ member, answer: { kind: "standby", lsn } });
const silent = (member: string): Ballot => ({ member, answer: { kind: "none", why: "refused" } });

const table: [string, Ballot[], Election][] = [
  ["nobody is electable", [], { kind: "nobody" }],
  ["the only one has answered", [at("b", "0/1")], { kind: "elected", member: "b" }],
  ["the most advanced wins", [at("b", "0/FF"), at("c", "0/100"), at("d", "0/3")], { kind: "elected", member: "c" }],
  [
    "a later file of WAL is further than any place in an earlier one",
    [at("b", "0/FFFFFFFF"), at("c", "1/0")],
    { kind: "elected", member: "c" },
  ],
  ["of equals the first wins, each time", [at("c", "0/5"), at("b", "0/5")], { kind: "elected", member: "c" }],
  ["one that is silent may have what the other lacks", [at("b", "0/5"), silent("c")], { kind: "waiting", missing: [silent("c")] }],
  ["somebody is primary already", [at("b", "0/5"), { member: "c", answer: { kind: "primary" } }], { kind: "contested", member: "c" }],
];

for (const [name, ballots, expected] of table) test(name, () => assert.deepEqual(elect(ballots), expected));

test("a place in WAL is read as the 64 bits that it is", () => {
  assert.equal(position("16/B374D848"), 0x16b374d848n);
  assert.equal(position("0/0"), 0n);
});
