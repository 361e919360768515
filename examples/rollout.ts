/** One change to many instances: a first few, then more, and no further where it does harm. It runs on an embedded store in a folder that is gone afterwards. */

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createClient, machine, openStore, startWorker } from "fettle";
import { z } from "zod";

/** The new version is bad for those that are small. */
const server = machine({
  name: "server",
  data: z.object({ memory: z.number(), version: z.number() }),
  start: "serving",
  transitions: { serving: [] },
  policy: { serving: { retry: { attempts: 1 } } },
  states: {
    async serving(it) {
      if (it.data.version === 2 && it.data.memory < 4) return it.stuck("version 2 does not start with so little memory");
      return it.wait("1h", {});
    },
  },
});

const folder = await mkdtemp(join(tmpdir(), "fettle-rollout-"));
const store = await openStore({ folder });
const client = createClient({ store, machines: [server] });
const worker = await startWorker({ store, machines: [server], log: () => undefined, pager: async () => undefined });
const ana = { by: "ana", why: "version 2 is out" };
const labels = { region: "eu" };

/** Looks until it is so: another process may be the one that works. */
async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 20));
}

for (let number = 0; number < 20; number++) {
  await client.start({ machine: "server", key: `web-${number}`, input: { memory: 2, version: 1 }, labels, ...ana });
}

const rollout = await client.startRollout({
  act: { kind: "edit", payload: { set: { version: 2 } } },
  selection: { machine: "server", labels: { region: "eu" } },
  first: 2,
  gap: "1s",
  haltAt: "5%",
  name: "version-2",
  by: "ana",
  why: "version 2 is out",
});
console.log(`${rollout.total} selected, ${rollout.first} first`);

await until(async () => (await client.rollout("version-2")).state === "halted");
const halted = await client.rollout("version-2");
console.log(`halted: ${halted.reason}; ${halted.rest} left as they were`);

await client.startRollout({
  act: { kind: "edit", payload: { set: { memory: 8 } } },
  selection: { machine: "server" },
  first: 20,
  gap: "1s",
  haltAt: "100%",
  name: "memory",
  ...ana,
});
await until(async () => (await client.rollout("memory")).status === "done");
await client.startRollout({ act: { kind: "retry" }, selection: { status: "stuck" }, gap: "100ms", name: "mend", ...ana });
await until(async () => (await client.rollout("mend")).status === "done");

await client.goOn("version-2", { by: "bo", why: "all have 8 GiB now" });
await until(async () => (await client.rollout("version-2")).status === "done");
const { fine, failed, stages } = await client.rollout("version-2");
console.log(`${fine} fine, ${failed} failed; acted upon in stages of ${stages.map(({ acted }) => acted).join(", ")}`);
const edited = (await client.history({ machine: "server", key: "web-7" })).find(({ why }) => why.endsWith("(rollout version-2)"));
console.log(`web-7: ${edited?.kind} by ${edited?.by}, ${edited?.why}`);

await worker[Symbol.asyncDispose]();
await store[Symbol.asyncDispose]();
await rm(folder, { recursive: true });

// It prints:
// 20 selected, 2 first
// halted: 2 stuck or failing of 2 acted upon, more than 5%; 18 left as they were
// 20 fine, 0 failed; acted upon in stages of 2, 2, 4, 8, 4
// web-7: edited by ana, version 2 is out (rollout version-2)
