import assert from "node:assert/strict";
import { test } from "node:test";
import { Silence, type Trouble, troubleOf } from "./trouble.ts";

const coded = (code: string, message = "said so") => Object.assign(new Error(message), { code });

const table: [string, unknown, Trouble["kind"]][] = [
  ["nothing listens", coded("ECONNREFUSED"), "refused"],
  ["the connection is torn", coded("ECONNRESET"), "refused"],
  ["the connection ends without a word", new Error("Connection terminated unexpectedly"), "refused"],
  ["it shuts down while it is asked", coded("57P01"), "refused"],
  ["it crashes while it is asked", coded("57P02"), "refused"],
  ["it starts", coded("57P03"), "replaying"],
  ["it says nothing", new Silence(1000), "silent"],
  ["the network says nothing", coded("ETIMEDOUT"), "silent"],
  ["the password is wrong", coded("28P01"), "denied"],
  ["pg_hba.conf rejects us", coded("28000"), "denied"],
  ["a file is gone", coded("58P01"), "error"],
  ["the disk is full", coded("53100"), "error"],
  ["all connections are taken", coded("53300"), "error"],
  ["something else", new Error("what?"), "error"],
];

for (const [name, error, kind] of table) test(`when ${name} it is ${kind}`, () => assert.equal(troubleOf(error).kind, kind));
