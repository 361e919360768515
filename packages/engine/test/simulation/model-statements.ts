import { type Change, type InboxRow, noEffects } from "../../src/store/change.ts";
import { commit } from "../../src/store/commit.ts";
import { giveBackRanges, ownLeases, retakeRange, takeRanges } from "../../src/store/lease-ranges.ts";
import { loadNearDeadlines, loadSchedule } from "../../src/store/load-schedule.ts";
import { readChildren } from "../../src/store/read-children.ts";
import { readCron } from "../../src/store/read-cron.ts";
import { dropCreated, dropSpent, readInbox } from "../../src/store/read-inbox.ts";
import { readInstances, readWithInbox } from "../../src/store/read-instances.ts";
import { readMoment } from "../../src/store/read-moment.ts";
import { registerMachines } from "../../src/store/register-machines.ts";
import { markWorker, reapWorkers, registerWorker, renewWorker, unregisterWorker } from "../../src/store/register-worker.ts";
import { readRules } from "../../src/store/rules.ts";
import { sendMessage } from "../../src/store/send-message.ts";
import type { Session } from "../../src/store/session.ts";
import { rangeOfId } from "../../src/store/slot.ts";
import { startRun } from "../../src/store/start-run.ts";
import { numbers } from "./columns.ts";
import type { Model } from "./model.ts";
import { commitPlain, commitWhole, type Witnessed } from "./model-commit.ts";
import { arrivals, dropArrived, dropNew, instancesIn, partOfSchedule, scheduleOf } from "./model-reads.ts";

/** A statement that the model understands. */
export interface Known {
  readonly name: string;
  answer(model: Model, values: readonly unknown[], witness?: (what: Witnessed) => void): object[];
}

/** What a statement means. The model knows those of a worker, of a start and of a signal, by their very text. */
export function known(text: string): Known {
  const found = statements.get(text);
  if (found) return found;
  throw new Error(`BUG: the model does not know the statement ${text.trim().slice(0, 100)}`);
}

type StartValues = [number, string, string, number, string, string, string, boolean, string, string, string];
type MessageValues = [number, string, string, InboxRow["kind"], string | null, string | null, string, string];

const someone = { owner: "", range: 0, epoch: 0 };
const plain = { id: 0, entered: true, history: { kind: "moved", detail: null, by: "", why: "" }, effects: noEffects } as unknown as Change;
const taking = { ...plain, effects: { consumed: [1] } } as Change;
const whole = { ...plain, effects: { disarm: [1] } } as Change;
const start = { machine: "", key: "", version: 1, state: "", data: "", labels: {}, deadlines: [], again: true, by: "", why: "" };
const message = { machine: "", key: "", kind: "signal", name: "", payload: null, by: "", why: "" } as const;

const statements = new Map<string, Known>();
await learn("commit", (session) => commit(session, [someone], [plain]), commitPlain);
await learn("commit what takes messages", (session) => commit(session, [someone], [taking]), commitWhole);
await learn("commit with effects", (session) => commit(session, [someone], [whole]), commitWhole);
await learn(
  "read instances",
  (session) => readInstances(session, []),
  (model, [ids]) => instancesIn(model, ids, false),
);
await learn(
  "read instances and their inbox",
  (session) => readWithInbox(session, []),
  (model, [ids]) => instancesIn(model, ids, true),
);
await learn("read the inbox", (session) => readInbox(session, [], []), arrivals);
await learn("drop what is new in ranges", (session) => dropCreated(session, [someone]), dropNew);
await learn("drop spent messages", (session) => dropSpent(session, [], []), dropArrived);
await learn(
  "read children",
  (session) => readChildren(session, 0, 0),
  (model, [parent, run]) =>
    [...model.instances.values()]
      .filter((instance) => instance.parent === parent && instance.parentRun === run)
      .sort((one, other) => one.started - other.started || one.id - other.id)
      .map(({ machine, key, run, state, status, result }) => ({ machine, key, run, state, status, result })),
);
await learn(
  "read a cron",
  (session) => readCron(session, 0, 0, 0),
  (model, [id, run, step]) => {
    const cron = model.cron.get(Number(id));
    return cron && cron.run === run && cron.step === step ? [{ at: cron.at, missed: cron.missed }] : [];
  },
);
await learn(
  "load the schedule of a range",
  (session) => loadSchedule(session, [0]).next(),
  (model, [range]) => scheduleOf([...model.instances.values()], [Number(range)]),
);
await learn("load a part of the schedule of many ranges", (session) => loadSchedule(session, [0, 1, 2, 3, 4]).next(), partOfSchedule);
await learn(
  "load the near deadlines of ranges",
  (session) => loadNearDeadlines(session, [0]),
  (model, [column]) => {
    const ranges = new Set(numbers(column));
    const near = [...model.deadlines.values()].filter(({ instance, at }) => ranges.has(rangeOfId(instance)) && at < model.now() + 60_000);
    return [...new Set(near.map(({ instance }) => instance))].map((id) => ({ id }));
  },
);
await learn(
  "register machines",
  (session) => registerMachines(session, []),
  () => [],
);
await learn(
  "read the moment",
  (session) => readMoment(session),
  (model) => [{ now: model.now(), timeline: 1 }],
);
await learn(
  "read the rules",
  (session) => readRules(session, false),
  () => [],
);
await learn(
  "register a worker",
  (session) => registerWorker(session, { id: "", host: "", pid: 0, lease: 0 }),
  (model, [id, , , lease]) => {
    model.workers.set(String(id), { expires: model.now() + Number(lease), asleep: true });
    return [];
  },
);
await learn(
  "renew a worker",
  (session) => renewWorker(session, "", 0),
  (model, [id, lease]) => {
    const worker = model.workers.get(String(id));
    if (!worker || !model.isAlive(String(id))) return [];
    worker.expires = model.now() + Number(lease);
    return [{ now: model.now() }];
  },
);
await learn(
  "mark a worker",
  (session) => markWorker(session, "", "asleep"),
  (model, [id, asleep]) => {
    const worker = model.workers.get(String(id));
    if (worker) worker.asleep = asleep === true;
    return [];
  },
);
await learn(
  "reap workers",
  (session) => reapWorkers(session),
  (model) => {
    for (const [id, { expires }] of model.workers) if (expires < model.now()) model.workers.delete(id);
    return [{ alive: model.workers.size }];
  },
);
await learn(
  "unregister a worker",
  (session) => unregisterWorker(session, ""),
  (model, [id]) => {
    model.workers.delete(String(id));
    return [];
  },
);
await learn(
  "take ranges",
  (session) => takeRanges(session, "", 0),
  (model, [owner, most]) => {
    if (!model.isAlive(String(owner))) return [];
    const free = [...model.leases].filter(([, lease]) => lease.owner === null || !model.workers.has(lease.owner));
    return free.slice(0, Number(most)).map(([range, lease]) => {
      lease.owner = String(owner);
      return { range, epoch: ++lease.epoch };
    });
  },
);
await learn(
  "retake a range",
  (session) => retakeRange(session, someone),
  (model, [range, owner]) => {
    const lease = model.leases.get(Number(range));
    return lease && lease.owner === owner && model.isAlive(String(owner)) ? [{ epoch: ++lease.epoch }] : [];
  },
);
await learn(
  "give back ranges",
  (session) => giveBackRanges(session, []),
  (model, [ranges, epochs, owner]) => {
    (ranges as number[]).forEach((range, at) => {
      const lease = model.leases.get(range);
      if (lease && lease.owner === owner && lease.epoch === (epochs as number[])[at]) lease.owner = null;
    });
    return [];
  },
);
await learn(
  "read its leases",
  (session) => ownLeases(session, ""),
  (model, [owner]) => [...model.leases].filter(([, lease]) => lease.owner === owner).map(([range, { epoch }]) => ({ range, epoch, owner })),
);
await learn(
  "start a run",
  (session) => startRun(session, start),
  (model, values) => {
    const [slot, machine, key, version, state, data, labels, again, deadlines, by, why] = values as StartValues;
    const start = {
      slot,
      machine,
      key,
      version,
      state,
      data,
      again,
      by,
      why,
      labels: JSON.parse(labels),
      deadlines: JSON.parse(deadlines),
    };
    const { run, answer } = model.startRun(start, null);
    return [{ run, answer }];
  },
);
await learn(
  "send a message",
  (session) => sendMessage(session, message),
  (model, values) => {
    const [, machine, key, kind, name, payload, by, why] = values as MessageValues;
    const sent = model.sendTo({ machine, key, kind, name, payload, by, why });
    return sent ? [sent] : [];
  },
);

/** The text of the statement that a function of the store sends, learnt by asking it. */
async function learn(name: string, ask: (session: Session) => Promise<unknown>, answer: Known["answer"]): Promise<void> {
  const learnt = new Error("learnt");
  const query = (text: string) => {
    statements.set(text, { name, answer });
    return Promise.reject(learnt);
  };
  await ask({ query, run: ({ text }) => query(text) }).catch((error: unknown) => {
    if (error !== learnt) throw error;
  });
}
