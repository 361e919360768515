import fc from "fast-check";
import { type Change, type Effects, type HistoryRow, type InstanceRow, noEffects } from "../../src/store/change.ts";
import { commit, type Lease } from "../../src/store/commit.ts";
import { giveBackRanges, ownLeases, retakeRange, takeRanges } from "../../src/store/lease-ranges.ts";
import { loadNearDeadlines, loadSchedule } from "../../src/store/load-schedule.ts";
import { readChildren } from "../../src/store/read-children.ts";
import { readCron } from "../../src/store/read-cron.ts";
import { type Arrival, dropCreated, dropSpent, readInbox } from "../../src/store/read-inbox.ts";
import { readInstances, readWithInbox } from "../../src/store/read-instances.ts";
import { markWorker, reapWorkers, registerWorker, renewWorker, unregisterWorker } from "../../src/store/register-worker.ts";
import { sendMessage } from "../../src/store/send-message.ts";
import type { Session } from "../../src/store/session.ts";
import { idOf, rangeOfId, ranges, slotOf } from "../../src/store/slot.ts";
import { startRun } from "../../src/store/start-run.ts";

const kinds = [
  ...["register", "register late", "unregister", "reap", "renew", "mark", "take", "take", "retake", "give back", "own leases"],
  ...[
    "start",
    "start",
    "send",
    "retry",
    "inbox",
    "drop",
    "drop new",
    "read",
    "read",
    "read",
    ...Array.from({ length: 20 }, () => "commit" as const),
    "look",
  ],
] as const;
const outcomes = ["move", "move", "end", "wait", "fail", "stuck", "retried"] as const;
const wishes = ["spawn", "send", "consume", "take", "tell", "calm", "arm", "disarm", "extend", "cron"] as const;

/** One thing that a worker or a person does, with what it is done to by number, whatever there is by then. */
export interface Act {
  readonly kind: (typeof kinds)[number];
  readonly worker: number;
  readonly key: number;
  readonly nth: number;
  readonly outcomes: readonly (typeof outcomes)[number][];
  readonly wishes: readonly (typeof wishes)[number][];
}

const act: fc.Arbitrary<Act> = fc.record({
  kind: fc.constantFrom(...kinds),
  worker: fc.constantFrom(0, 0, 0, 1),
  key: fc.nat(3),
  nth: fc.nat(7),
  outcomes: fc.array(fc.constantFrom(...outcomes), { minLength: 1, maxLength: 3 }),
  wishes: fc.uniqueArray(fc.constantFrom(...wishes), { maxLength: 3 }),
});

/** Begins with a worker that holds every range, and with a parent and its child, so that most of what follows has something to be done to. */
export const acts: fc.Arbitrary<Act[]> = fc
  .array(act, { minLength: 30, maxLength: 60, size: "max" })
  .map((rest) => [
    begin("register", 0),
    begin("take", 7),
    begin("start", 3),
    begin("read", 1),
    { ...begin("commit", 0), outcomes: ["move"], wishes: ["spawn"] },
    begin("read", 1),
    ...rest,
  ]);

function begin(kind: Act["kind"], nth: number): Act {
  return { kind, worker: 0, key: 0, nth, outcomes: [], wishes: [] };
}

const workers = ["00000000-0000-4000-8000-00000000000a", "00000000-0000-4000-8000-00000000000b"] as const;
const machine = "m";
const keys = ['k "0"', "k\\1", "k2", "k{3}"];
const everyRange = Array.from({ length: ranges }, (_, range) => range);
const who = { by: "test", why: "it must" };
const deadline = { reach: "b", severity: "warning", say: "it is late" } as const;

/** Does what acts say, over the functions of the store, and remembers what it was answered, as a worker does. */
export class Script {
  readonly #session: Session;
  readonly #rows = new Map<number, InstanceRow>();
  #leases: Lease[] = [];
  #arrived: readonly Arrival[] = [];

  constructor(session: Session) {
    this.#session = session;
  }

  /** What was answered, without what is of the store's clock. */
  async perform(act: Act): Promise<unknown> {
    const answer = await this.#ask(act, this.#session, workers[act.worker] as string, keys[act.key % keys.length] as string);
    return timeless(answer);
  }

  async #ask(act: Act, session: Session, worker: string, key: string): Promise<unknown> {
    const lease = this.#leases[act.nth % Math.max(1, this.#leases.length)];
    switch (act.kind) {
      case "register":
      case "register late":
        await unregisterWorker(session, worker);
        return registerWorker(session, { id: worker, host: "h", pid: 1, lease: act.kind === "register" ? 1e9 : -1000 });
      case "unregister":
        return unregisterWorker(session, worker);
      case "reap":
        return reapWorkers(session);
      case "renew":
        return (await renewWorker(session, worker, 1e9)) !== null;
      case "mark":
        return markWorker(session, worker, act.nth % 2 === 0 ? "asleep" : "awake");
      case "take":
        return this.#keep(inOrder(await takeRanges(session, worker, act.nth * 10), ({ range }) => range));
      case "retake":
        return lease && this.#keep([(await retakeRange(session, lease)) ?? lease]);
      case "give back":
        return giveBackRanges(
          session,
          this.#leases.filter(({ owner }, at) => owner === worker && at % 3 === act.nth % 3),
        );
      case "own leases":
        return inOrder(await ownLeases(session, worker), ({ range }) => range);
      case "start":
        return startRun(session, {
          ...{ machine, key, version: act.nth, state: "a", data: '{"n":0}', labels: { region: "eu" }, again: act.nth % 2 === 0, ...who },
          deadlines: act.nth % 3 === 0 ? [{ ...deadline, number: 0, within: 5000, by: 1e8, most: act.nth === 6 ? 1000 : 2e8 }] : [],
        });
      case "send":
      case "retry":
        return sendMessage(session, {
          machine,
          key,
          kind: act.kind === "send" ? "signal" : "retry",
          name: "go",
          payload: '{"a":1}',
          ...who,
        });
      case "inbox": {
        const known = this.#arrived.slice(0, act.nth).map(({ id }) => id);
        this.#arrived = inOrder(await readInbox(session, everyRange, known), ({ id }) => id);
        return this.#arrived;
      }
      case "drop":
        return dropSpent(
          session,
          this.#of(worker),
          this.#arrived.filter((_, at) => at % 2 === act.nth % 2),
        );
      case "drop new":
        return lease && dropCreated(session, this.#of(worker));
      case "read":
        return this.#read(act);
      case "commit":
        return this.#commit(act, worker);
      case "look":
        return this.#look(act);
      default:
        return act.kind satisfies never;
    }
  }

  async #read({ nth }: Act): Promise<unknown> {
    const ids = Array.from({ length: 20 }, (_, at) => at + 1).flatMap((number) =>
      [...keys, "child"].map((key) => idOf(slotOf(machine, key), number)),
    );
    const rows = await (nth % 2 === 0 ? readInstances : readWithInbox)(this.#session, ids);
    for (const row of rows) this.#rows.set(row.id, row);
    return inOrder(rows, ({ id }) => id);
  }

  /** Of one to three instances, as they are or as they were when they were last read. */
  async #commit(act: Act, worker: string): Promise<unknown> {
    const { nth, outcomes, wishes } = act;
    if (nth % 4 !== 3) await this.#read(act);
    const rows = [...this.#rows.values()].sort((one, other) => one.id - other.id);
    const chosen = outcomes.flatMap((outcome, at) => {
      const row = at < rows.length ? rows[(nth + at) % rows.length] : undefined;
      // A statement that would touch a row twice is refused, and the committer then sends each change alone.
      const isTouchedTwice = row?.key === "child" && wishes.includes("spawn");
      return row && !isTouchedTwice ? [changeOf(row, outcome, at === 0 ? wishes : [])] : [];
    });
    const needed = new Set(chosen.map(({ id }) => rangeOfId(id)));
    // Now and then it names leases as its own that are another's.
    const owned = nth === 0 ? this.#leases.map((lease) => ({ ...lease, owner: worker })) : this.#of(worker);
    const leases = owned.filter(({ range }) => needed.has(range));
    if (chosen.length === 0 || leases.length < needed.size) return "nothing to commit";
    const { lost } = await commit(this.#session, leases, chosen);
    return { lost: [...lost].sort() };
  }

  async #look({ nth }: Act): Promise<unknown> {
    const row = [...this.#rows.values()].sort((one, other) => one.id - other.id)[nth % Math.max(1, this.#rows.size)];
    if (!row) return undefined;
    const range = rangeOfId(row.id);
    return {
      schedule: await this.#schedule([range]),
      whole: await this.#schedule(everyRange.filter((other) => other !== range)),
      near: (await loadNearDeadlines(this.#session, [range])).sort(),
      children: await readChildren(this.#session, row.id, row.run),
      cron: await readCron(this.#session, row.id, row.run, row.step),
    };
  }

  async #schedule(ranges: readonly number[]): Promise<unknown> {
    const found: unknown[] = [];
    for await (const part of loadSchedule(this.#session, ranges)) {
      for (const { machine, ids, dues } of part) found.push([machine, ids.map((id, at) => [id, dues[at]]).sort()]);
    }
    return found.sort();
  }

  #of(worker: string): Lease[] {
    return this.#leases.filter(({ owner }) => owner === worker);
  }

  #keep(leases: readonly Lease[]): readonly Lease[] {
    const taken = new Set(leases.map(({ range }) => range));
    this.#leases = [...this.#leases.filter(({ range }) => !taken.has(range)), ...leases].sort((one, other) => one.range - other.range);
    return leases;
  }
}

function changeOf(row: InstanceRow, outcome: Act["outcomes"][number], wanted: Act["wishes"]): Change {
  const effects = wanted.length === 0 ? noEffects : Object.assign({}, ...wanted.map((wish) => effectOf(row, wish)));
  const told = row.hasParent && (outcome === "end" || outcome === "stuck");
  const same = {
    id: row.id,
    rev: row.rev,
    version: row.version + 1,
    state: row.state,
    entered: false,
    status: "running",
    due: 1000,
  } as const;
  const clean = { attempt: 0, firstFailure: null, error: null, data: null, result: null, history: null, effects, tellsParent: told };
  const failure = '{"code":"OOPS"}';
  switch (outcome) {
    case "move":
      return { ...same, ...clean, state: "b", entered: true, data: '{"n":1,"text":"a\\nb"}', history: past(row, "moved") };
    case "end":
      return { ...same, ...clean, status: "done", due: null, result: "[1]", history: past(row, "done") };
    case "wait":
      return { ...same, ...clean, due: 7000, data: '{"n":2}' };
    case "fail":
      return {
        ...same,
        ...clean,
        attempt: row.attempt + 1,
        firstFailure: 500,
        error: failure,
        history: { ...past(row, "failed"), detail: failure },
      };
    case "stuck":
      return {
        ...{
          ...same,
          ...clean,
          status: "stuck",
          due: null,
          attempt: 3,
          error: failure,
          history: { ...past(row, "stuck"), detail: failure },
        },
        effects: {
          ...effects,
          raised: [...(effects.raised ?? []), { kind: "stuck", cause: "broken", code: "OOPS", say: "no", severity: "critical" }],
        },
      };
    case "retried":
      return {
        ...same,
        ...clean,
        history: { ...past(row, "retried"), ...who },
        effects: { ...effects, calmed: [{ kind: "stuck", cause: null }] },
      };
    default:
      return outcome satisfies never;
  }
}

function effectOf(row: InstanceRow, wish: Act["wishes"][number]): Effects {
  const ids = row.inbox.slice(0, 2).map(({ id }) => id);
  const child = { slot: slotOf(machine, "child"), machine, key: "child", version: 1, state: "a", data: "{}", labels: {}, deadlines: [] };
  switch (wish) {
    case "spawn":
      return { spawned: [child] };
    case "send":
      return { sent: keys.map((key) => ({ slot: slotOf(machine, key), machine, key, name: "hi", payload: null })) };
    case "consume":
      return { consumed: ids };
    case "take":
      return { took: [{ signal: "go", ...who }] };
    case "tell":
      return { raised: [{ kind: "told", cause: "told", code: "TOLD", say: "look", severity: "info" }] };
    case "calm":
      return { calmed: [{ kind: "deadline", cause: null }] };
    case "arm":
      return { arm: [{ ...deadline, number: 1, within: 5000, by: null, most: null }] };
    case "disarm":
      return { disarm: [2] };
    case "extend":
      return { extend: [0] };
    case "cron":
      return { cron: [{ run: row.run, step: row.step, at: 5000, missed: "once" }] };
    default:
      return wish satisfies never;
  }
}

function past(row: InstanceRow, kind: HistoryRow["kind"]): HistoryRow {
  return { kind, from: row.state, attempt: row.attempt + 1, took: 1, detail: null, by: "", why: "" };
}

function inOrder<Row>(rows: readonly Row[], of: (row: Row) => number): Row[] {
  return rows.toSorted((one, other) => of(one) - of(other));
}

/** Instants of the clock are large; those of the script are not. */
function timeless(answer: unknown): unknown {
  const text = JSON.stringify(answer, (key, value: unknown) =>
    key === "since" || (typeof value === "number" && value > 1e12 && value < 3e12) ? "then" : value,
  );
  return text === undefined ? undefined : JSON.parse(text);
}
