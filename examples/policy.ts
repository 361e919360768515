/** Every policy once: a machine that repairs databases, watched by people. It runs on an embedded store in a folder that is gone afterwards. */

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createClient, cron, FettleError, machine, none, openStore, population, startWorker } from "fettle";
import { z } from "zod";

const nightly = cron("0 3 * * *", { zone: "Europe/Berlin", missed: "once" });

const repair = machine({
  name: "repair",
  version: 2,
  data: z.object({ host: z.string(), candidate: z.string().optional() }),
  signals: { destroy: none, check: none },
  start: "watching",
  transitions: {
    watching: ["choosing", "destroying"],
    choosing: ["promoting", "watching", "destroying"],
    promoting: ["watching", "destroying"],
    destroying: [],
  },
  needs: { promoting: ["candidate"] },
  on: { destroy: "destroying" },
  policy: {
    choosing: { retry: { attempts: 3, within: "2m" } },
    promoting: {
      limit: {
        most: 2,
        by: ({ data }) => data.host,
        rate: { most: 10, per: "1h" },
        priority: ({ labels }) => (labels["tier"] === "gold" ? 1 : 0),
      },
      ask: { role: "dba", within: "10m", else: "watching" },
    },
  },
  breaker: { guards: ["promoting"], of: population("repair", { by: "region" }), most: "5%", atLeast: 3 },
  budget: { entering: "promoting", most: 3, within: "1h" },
  deadlines: [
    {
      in: ["choosing", "promoting"],
      reach: "watching",
      within: "5m",
      extend: { by: "2m", most: "15m" },
      page: { severity: "critical", say: "the repair is late" },
    },
  ],
  migrate: {
    2: ({ state, data }) => ({ state: state === "electing" ? "choosing" : state, data: { host: "db-1", ...data } }),
  },
  states: {
    async watching(it) {
      if (it.take("check") || (await it.struck())) return it.to("choosing");
      return it.wait(nightly);
    },
    async choosing(it) {
      if (it.data.host === "db-9") throw new FettleError("BUSY", `${it.data.host} asks to be left alone`, { after: "30s" });
      return it.to("promoting", { candidate: "db-2" });
    },
    async promoting(it) {
      it.progress();
      const candidate: string = it.data.candidate;
      it.log(`promotes ${candidate}`);
      return it.to("watching");
    },
    async destroying(it) {
      return it.done();
    },
  },
});

const folder = await mkdtemp(join(tmpdir(), "fettle-policy-"));
const store = await openStore({ folder });
const client = createClient({ store, machines: [repair] });
const worker = await startWorker({ store, machines: [repair], log: () => undefined });
const ana = { by: "ana", why: "the disk of db-1 is slow" };
const ref = { key: "prod-1" };

/** Looks until it is so: another process may be the one that works. */
async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 20));
}
const heldBy = async (kind: string) => (await client.show(ref)).held?.kind === kind;

await client.start({ machine: "repair", key: "prod-1", input: { host: "db-1" }, labels: { region: "eu" }, ...ana });
await client.addRule({ kind: "mode", selector: { machine: "repair" }, value: "observe", ...ana });
await client.signal({ ref, signal: "check", ...ana });
await until(() => heldBy("mode"));
console.log((await client.show(ref)).held?.say);

await client.addRule({ kind: "mode", selector: { machine: "repair" }, value: "act", ...ana });
await until(() => heldBy("ask"));
console.log((await client.show(ref)).held?.say);
await client.answer({ ref, answer: "approve", by: "bo", why: "db-2 is in sync" });
await until(async () => (await client.show(ref)).state === "watching");

console.log(await client.edit({ ref, set: { host: "db-3" }, ...ana }));
await until(async () => (await client.history(ref)).some(({ kind }) => kind === "edited"));
await client.addRule({ kind: "pause", selector: ref, lasts: "2h", ...ana });
console.log((await client.show(ref)).held?.say);
await client.cancel(ref, ana);
await until(async () => (await client.show(ref)).status === "done");
for (const { kind, to, by } of (await client.history(ref)).toReversed().filter((entry) => entry.kind !== "took")) {
  console.log([kind, ...(to === null ? [] : [to]), ...(by === "" ? [] : [`by ${by}`])].join(" "));
}

await worker[Symbol.asyncDispose]();
await store[Symbol.asyncDispose]();
await rm(folder, { recursive: true });

// It prints:
// would enter promoting, and only observes: ana: the disk of db-1 is slow
// waits for a dba to approve that it enters promoting
// [ { field: 'host', before: 'db-1', after: 'db-3' } ]
// paused by ana: the disk of db-1 is slow
// started watching by ana
// moved choosing
// held
// held
// moved promoting by bo
// moved watching
// edited by ana
// paused by ana
// cancelled by ana
