import type { ArmedDeadline } from "../../src/machine/deadline.ts";
import type { CronWait, InboxRow, Raised, Spawned } from "../../src/store/change.ts";
import { idOf, rangeOfId, ranges } from "../../src/store/slot.ts";

export interface ModelInstance {
  readonly slot: number;
  readonly id: number;
  readonly machine: string;
  readonly key: string;
  labels: Readonly<Record<string, string>>;
  parent: number | null;
  parentRun: number | null;
  run: number;
  started: number;
  version: number;
  rev: number;
  state: string;
  step: number;
  since: number;
  status: "running" | "stuck" | "done";
  due: number | null;
  attempt: number;
  firstFailure: number | null;
  error: string | null;
  data: string;
  result: string | null;
}

export interface ModelHistory {
  readonly instance: number;
  readonly run: number;
  readonly step: number;
  readonly kind: string;
  readonly from: string | null;
  readonly to: string | null;
  readonly attempt: number;
  readonly detail: string | null;
  readonly signal: string | null;
  readonly by: string;
  readonly why: string;
}

interface ModelLease {
  epoch: number;
  owner: string | null;
}

interface ModelWorker {
  expires: number;
  asleep: boolean;
}

interface ModelDeadline extends ArmedDeadline {
  readonly instance: number;
  at: number;
  readonly latest: number | null;
}

type Start = Omit<Spawned, "slot"> & { readonly slot: number; readonly again: boolean; readonly by: string; readonly why: string };

/** The tables of the store, and its SQL functions, in memory. Every statement is atomic here; instants are milliseconds of `now`. */
export class Model {
  readonly now: () => number;
  readonly #notify: (payload: string) => void;
  readonly instances = new Map<number, ModelInstance>();
  readonly history: ModelHistory[] = [];
  readonly inbox = new Map<number, InboxRow & { readonly instance: number }>();
  readonly deadlines = new Map<string, ModelDeadline>();
  readonly cron = new Map<number, CronWait>();
  readonly attention = new Map<
    string,
    Pick<Raised, "kind" | "cause" | "code" | "say" | "severity"> & { instance: number; state: string }
  >();
  /** Open pages: how often each cause was raised. */
  readonly pages = new Map<string, number>();
  readonly workers = new Map<string, ModelWorker>();
  readonly leases = new Map<number, ModelLease>(Array.from({ length: ranges }, (_, range) => [range, { epoch: 0, owner: null }]));
  readonly #byKey = new Map<string, ModelInstance>();
  #lastInstance = 0;
  #lastMessage = 0;

  constructor(now: () => number, notify: (payload: string) => void) {
    this.now = now;
    this.#notify = notify;
  }

  find(machine: string, key: string): ModelInstance | undefined {
    return this.#byKey.get(`${machine} ${key}`);
  }

  /** The SQL function start_run. */
  startRun(start: Start, parent: { id: number; run: number } | null): { instance: number; run: number; answer: "started" | "kept" } {
    // The sequence goes on, whether or not the row is new.
    const id = idOf(start.slot, ++this.#lastInstance);
    const known = this.find(start.machine, start.key);
    if (known && (known.status !== "done" || !start.again)) return { instance: known.id, run: known.run, answer: "kept" };
    const instance = this.#begin(known, id, start, parent);
    this.#forget(instance.id);
    const { run, state } = instance;
    this.note(instance, { kind: "started", to: state, by: start.by, why: start.why });
    for (const deadline of start.deadlines) this.arm(instance.id, deadline);
    this.put(instance.id, { run, kind: "created", name: null, payload: null, by: start.by, why: start.why });
    return { instance: instance.id, run, answer: "started" };
  }

  #begin(known: ModelInstance | undefined, id: number, start: Start, parent: { id: number; run: number } | null): ModelInstance {
    const { slot, machine, key, version, state, data, labels } = start;
    const now = this.now();
    const written = {
      labels,
      parent: parent?.id ?? null,
      parentRun: parent?.run ?? null,
      started: now,
      version,
      state,
      step: 0,
      since: now,
    };
    const clean = { status: "running", due: now, attempt: 0, firstFailure: null, error: null, data, result: null } as const;
    if (known) return Object.assign(known, written, clean, { run: known.run + 1, rev: known.rev + 1 });
    const instance = { slot, id, machine, key, run: 1, rev: 1, ...written, ...clean };
    this.instances.set(id, instance);
    this.#byKey.set(`${machine} ${key}`, instance);
    return instance;
  }

  #forget(instance: number): void {
    for (const table of [this.inbox, this.deadlines, this.attention])
      for (const [key, row] of table as Map<unknown, { instance: number }>) if (row.instance === instance) table.delete(key as never);
  }

  /** The SQL function send_to, but for its bound. */
  sendTo(message: Omit<InboxRow, "id" | "run"> & { machine: string; key: string }): { instance: number; run: number } | undefined {
    const { machine, key, ...rest } = message;
    const instance = this.find(machine, key);
    if (!instance || instance.status === "done") return undefined;
    this.put(instance.id, { run: instance.run, ...rest });
    return { instance: instance.id, run: instance.run };
  }

  /** Puts a message into an inbox, and tells the owner of the range if it sleeps. */
  put(instance: number, message: Omit<InboxRow, "id">): void {
    const id = ++this.#lastMessage;
    this.inbox.set(id, { instance, id, ...message });
    const range = rangeOfId(instance);
    const owner = this.leases.get(range)?.owner;
    if (owner && this.workers.get(owner)?.asleep) this.#notify(String(range));
  }

  note(instance: ModelInstance, entry: Pick<ModelHistory, "kind"> & Partial<ModelHistory>): void {
    const { id, run, step } = instance;
    this.history.push({
      ...{ instance: id, run, step, from: null, to: null, attempt: 0, detail: null, signal: null, by: "", why: "" },
      ...entry,
    });
  }

  arm(instance: number, deadline: ArmedDeadline): void {
    const now = this.now();
    const latest = deadline.most === null ? null : now + deadline.most;
    const there = this.deadlines.get(`${instance} ${deadline.number}`);
    const armed = { ...deadline, ...there, instance, at: now + deadline.within, latest };
    this.deadlines.set(`${instance} ${deadline.number}`, armed);
  }

  isAlive(worker: string): boolean {
    return (this.workers.get(worker)?.expires ?? 0) > this.now();
  }
}
