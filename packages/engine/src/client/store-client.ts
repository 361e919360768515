import { FettleError } from "../error.ts";
import { deadlineChanges } from "../machine/deadline.ts";
import type { Machine } from "../machine/machine.ts";
import { parseInput, parseSignal } from "../machine/schema.ts";
import { rollout } from "../rollout/rollout.ts";
import { readDeadlines, readPendingSignals, readRelatives } from "../store/instance-parts.ts";
import { countStates, findById, listInstances, nearestKeys, type SeenInstance } from "../store/list-instances.ts";
import { acknowledgePage, readPages } from "../store/pages.ts";
import { readAttention } from "../store/read-attention.ts";
import { readHistory } from "../store/read-history.ts";
import { readLiving } from "../store/read-living.ts";
import { readWorkers } from "../store/read-workers.ts";
import { sendMessage } from "../store/send-message.ts";
import { isRunning, startRun } from "../store/start-run.ts";
import type { Store } from "../store/store.ts";
import { testPager } from "../store/test-pager.ts";
import { readWays, waySummary } from "../store/ways.ts";
import { checkKey, tokenOf } from "../worker/visit.ts";
import { breakers } from "./breakers.ts";
import { changesAfter } from "./changes.ts";
import { everyLiving, misfits } from "./check.ts";
import type { Client } from "./client.ts";
import { heldOf } from "./held.ts";
import { notRunning } from "./not-running.ts";
import { orders } from "./orders.ts";
import type { Page } from "./page.ts";
import type { Ref, SignalRequest, StartRequest } from "./request.ts";
import { rollouts } from "./rollouts.ts";
import { rules } from "./rules.ts";
import { relative, summary } from "./summary.ts";

/** The operations, on a store in this process. It does not own the store. */
export function createClient({ store, machines: own }: { store: Store; machines: readonly Machine[] }): Client {
  const session = store.reads;
  const builtIn = rollout({ store: session });
  const machines = [...own, builtIn];
  const known = new Map(machines.map((machine) => [machine.name, machine]));
  const find = (ref: Ref) => findOne(store, known, ref);
  const living = (after = 0) => readLiving(session, after);

  return {
    async machines() {
      const counts = await countStates(session, {});
      return machines.map((machine) => ({
        name: machine.name,
        version: machine.version,
        about: machine.about,
        start: machine.start,
        transitions: machine.transitions,
        signals: Object.keys(machine.signals),
        counts: counts.filter((count) => count.machine === machine.name),
      }));
    },
    async list(filter) {
      const [instances, counts] = await Promise.all([listInstances(session, filter, filter.limit ?? 100), countStates(session, filter)]);
      const total = counts.reduce((sum, count) => sum + count.count, 0);
      const held = await heldOf(session, instances);
      return { instances: instances.map((instance) => summary(instance, known, held.get(instance.id))), total, counts };
    },
    async show(ref) {
      const instance = await find(ref);
      const [held, deadlines, signals, children, parent] = await Promise.all([
        heldOf(session, [instance]),
        readDeadlines(session, instance.id),
        readPendingSignals(session, instance.id, instance.run),
        readRelatives(session, instance.id, instance.run),
        instance.parent === null ? undefined : findById(session, instance.parent),
      ]);
      return {
        ...summary(instance, known, held.get(instance.id)),
        id: instance.id,
        version: instance.version,
        started: new Date(instance.started).toISOString(),
        token: tokenOf(instance),
        data: JSON.parse(instance.data),
        result: instance.result === null ? null : JSON.parse(instance.result),
        deadlines,
        signals,
        parent: parent ? relative(parent) : null,
        children,
      };
    },
    async history(ref, page = {}) {
      return readHistory(session, (await find(ref)).id, page.limit ?? 100, page.before ?? null);
    },
    changes: (after) => changesAfter(session, after),
    async attention() {
      const [causes, pages] = await Promise.all([readAttention(session), readPages(session, false)]);
      return causes.map((cause) => ({ ...cause, page: pages.find((page) => page.cause === cause.cause) ?? null }));
    },
    pages: (filter) => readPages(session, filter.all ?? false),
    async acknowledge(id, { by, why }) {
      const page = await acknowledgePage(session, id, by, why);
      if (page) return page;
      throw new FettleError("NO_SUCH_PAGE", `Cannot acknowledge page ${id}: no open page has that number`, {
        fix: "List the open ones: fettle pages",
      });
    },
    ways: async () => (await readWays(session)).filter((way) => way.living).map(waySummary),
    testPager: (test) => proveWays(store, test),
    workers: () => readWorkers(session),
    check: () => misfits(known.values(), everyLiving({ living })),
    living,
    start: (request) => start(store, known, request),
    async signal(request) {
      const instance = await find(request.ref);
      await signal(store, machineOf(known, instance.machine), instance, request);
    },
    ...orders({ session, find, machineOf: (name) => machineOf(known, name) }),
    ...rules(session, find),
    ...breakers(session),
    ...rollouts({ session, machine: builtIn, machineOf: (name) => machineOf(known, name) }),
    async [Symbol.asyncDispose]() {},
  };
}

async function start(store: Store, known: ReadonlyMap<string, Machine>, request: StartRequest) {
  const machine = machineOf(known, request.machine);
  checkKey(request.key);
  const answer = await startRun(store.reads, {
    machine: machine.name,
    key: request.key,
    version: machine.version,
    state: machine.start,
    data: await parseInput(machine, request.input),
    labels: checkLabels(request.labels ?? {}),
    again: request.ifDone !== "keep",
    deadlines: deadlineChanges(machine, undefined, machine.start).arm,
    by: request.by,
    why: request.why,
  });
  const started = { machine: machine.name, key: request.key, ...answer };
  if (answer.answer === "started" || request.ifRunning === "keep") return started;
  if (request.ifDone === "keep" && !(await isRunning(store.reads, started))) return started;
  throw new FettleError("ALREADY_RUNNING", `Cannot start ${machine.name} ${request.key}: its run ${answer.run} is not done`, {
    fix: `Look at it: fettle show ${request.key}`,
  });
}

async function signal(store: Store, machine: Machine, instance: SeenInstance, request: SignalRequest): Promise<void> {
  const payload = await parseSignal(machine, request.signal, request.payload);
  const { by, why } = request;
  const sent = await sendMessage(store.reads, { ...named(instance), kind: "signal", name: request.signal, payload, by, why });
  if (!sent) throw notRunning(instance, `send ${request.signal} to`);
}

async function proveWays(store: Store, { via, by }: { readonly via?: string | undefined; readonly by: string }): Promise<Page> {
  const say = `A test of the way to the pager, asked for by ${by}: nothing is wrong`;
  const page = await testPager(store.reads, { ways: via === undefined ? null : [via], testedBefore: null, say });
  if (page) return page;
  const living = (await readWays(store.reads)).filter((way) => way.living).map(({ name }) => name);
  throw new FettleError(
    "NO_SUCH_WAY",
    `Cannot test ${via ?? "the pager"}: no running worker has ${via ? "that way" : "a way to a person"}`,
    {
      fix: living.length > 0 ? `The ways are ${living.join(", ")}` : "Start a worker: fettle up",
    },
  );
}

async function findOne(store: Store, known: ReadonlyMap<string, Machine>, ref: Ref): Promise<SeenInstance> {
  if (ref.machine !== undefined) machineOf(known, ref.machine);
  const found = await listInstances(store.reads, { machine: ref.machine, key: ref.key }, 20);
  const roots = found.filter((instance) => instance.parent === null);
  const [only, other] = roots.length === 1 ? roots : found;
  if (only && !other) return only;
  if (only) {
    throw new FettleError("AMBIGUOUS_KEY", `Cannot tell which ${ref.key} is meant: ${found.length} machines have one`, {
      fix: `Name the machine too: ${found.map((instance) => `${instance.machine}/${instance.key}`).join(", ")}`,
    });
  }
  const near = await nearestKeys(store.reads, ref.key);
  throw new FettleError("NO_SUCH_INSTANCE", `Cannot find ${ref.machine ? `${ref.machine} ` : ""}${ref.key}: there is no such instance`, {
    fix: near.length > 0 ? `Did you mean ${near.join(" or ")}?` : "List what there is: fettle ls",
  });
}

function machineOf(known: ReadonlyMap<string, Machine>, name: string): Machine {
  const machine = known.get(name);
  if (machine) return machine;
  throw new FettleError("NO_SUCH_MACHINE", `Cannot find the machine ${name}`, {
    fix: known.size > 0 ? `The config has ${[...known.keys()].join(", ")}` : "Add it to machines or fleets in fettle.config.ts",
    retryable: false,
  });
}

function checkLabels(labels: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  for (const [name, value] of Object.entries(labels)) {
    if (typeof value === "string" && /^[\w./-]{1,63}$/.test(name) && value.length <= 200 && !/\p{Cc}/u.test(value)) continue;
    throw new FettleError("BAD_LABEL", `Cannot use the label ${name}=${String(value)}`, {
      fix: "Write name=value; names hold letters, digits, and . _ / -",
    });
  }
  return labels;
}

function named(instance: SeenInstance): { machine: string; key: string } {
  return { machine: instance.machine, key: instance.key };
}
