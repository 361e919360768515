/**
 * Writes the fixture of a release: a store as this version leaves it, which every later one must be able to go on from.
 *   node packages/engine/test/stored/write.ts > packages/engine/fixtures/stored/0.1.0.sql
 * Once a version is released its fixture stays as it is, for ever.
 */
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { type Client, createClient, openStore, startWorker } from "../../src/index.ts";
import { binariesFolder, startPostgres } from "../postgres-server.ts";
import { until } from "../stores.ts";
import { machines } from "./machines.ts";

const who = { by: "ana", why: "a fixture" };

await using server = await startPostgres();
const url = await server.database();
await leave(url);
const { stdout } = await promisify(execFile)(
  join(await binariesFolder(), "pg_dump"),
  ["--schema=fettle", "--inserts", "--no-owner", "--no-privileges", url],
  { maxBuffer: 2 ** 26 },
);
// Of psql, not of SQL.
process.stdout.write(stdout.replaceAll(/^\\(un)?restrict .*\n/gm, ""));

async function leave(at: string): Promise<void> {
  await using store = await openStore({ url: at });
  const client = createClient({ store, machines });
  await using _worker = await startWorker({ store, machines, log: () => undefined });
  const go = (key: string) => client.signal({ ref: { key }, signal: "go", ...who });
  const walkTo = async (key: string, state: string) => {
    await client.start({ machine: "stored/walk", key, input: {}, labels: { region: "eu" }, ...who });
    if (state === "asleep") return;
    await go(key);
    await reaches(client, key, "meeting");
    if (state === "meeting") return;
    await go(`${key}-child`);
    await until(`${key} is past its child`, async () => (await client.show({ key })).state !== "meeting" || (await isHeld(client, key)));
  };
  await walkTo("is-done", "alone");
  await go("is-done");
  await until("it is stuck", async () => (await client.show({ key: "is-done" })).status === "stuck");
  await go("is-done");
  await client.retry({ key: "is-done" }, who);
  await reaches(client, "is-done", "done");
  await walkTo("is-stuck", "alone");
  await go("is-stuck");
  await until("it is stuck", async () => (await client.show({ key: "is-stuck" })).status === "stuck");
  await walkTo("is-alone", "alone");
  for (const number of [1, 2, 3]) await client.signal({ ref: { key: "is-alone" }, signal: "number", payload: number, ...who });
  await until("it has heard", async () => JSON.stringify((await client.show({ key: "is-alone" })).data).includes("[1,2,3]"));
  await walkTo("is-in-line", "alone");
  await until("it is held", () => isHeld(client, "is-in-line"));
  await walkTo("has-a-child", "meeting");
  await walkTo("is-asleep", "asleep");
  await client.addRule({ kind: "pause", selector: { machine: "stored/nothing" }, ...who });
}

async function reaches(client: Client, key: string, state: string): Promise<void> {
  await until(`${key} is ${state}`, async () => {
    const shown = await client.show({ key });
    return shown.state === state || shown.status === state;
  });
}

async function isHeld(client: Client, key: string): Promise<boolean> {
  return (await client.show({ key })).held?.kind === "limit";
}
