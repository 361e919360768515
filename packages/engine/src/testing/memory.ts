import { type ArmedDeadline, deadlineCause, deadlineChanges } from "../machine/deadline.ts";
import type { Child } from "../machine/it.ts";
import type { Labels, Machine } from "../machine/machine.ts";
import { parseInput, parseSignal } from "../machine/schema.ts";
import type { Change, CronWait, InboxRow, InstanceRow, Raised, Spawned } from "../store/change.ts";

export interface RememberedInstance extends InstanceRow {
  readonly due: number | null;
  readonly result: string | null;
  readonly parent: { readonly name: string; readonly run: number } | null;
  readonly deadlines: ReadonlyMap<number, Armed>;
  readonly cron: CronWait | undefined;
}

interface Armed {
  readonly at: number;
  readonly by: number;
  readonly latest: number;
}

export interface RememberedStep {
  readonly kind: string;
  readonly from: string | null;
  readonly to: string | null;
  readonly error: string | null;
}

/** The store's promises, kept in memory: for tests that need no database. */
export class Memory {
  readonly machines: ReadonlyMap<string, Machine>;
  readonly instances = new Map<string, RememberedInstance>();
  readonly history = new Map<string, RememberedStep[]>();
  readonly attention = new Map<string, Raised & { readonly name: string }>();
  #last = 0;

  constructor(machines: readonly Machine[]) {
    this.machines = new Map(machines.map((machine) => [machine.name, machine]));
  }

  async start(machine: Machine, key: string, input: unknown, labels: Labels, now: number): Promise<void> {
    const deadlines = deadlineChanges(machine, undefined, machine.start).arm;
    const { name, version, start } = machine;
    this.#begin(
      { slot: 0, machine: name, key, version, state: start, data: await parseInput(machine, input), labels, deadlines },
      null,
      now,
    );
  }

  async send(machine: Machine, key: string, signal: string, payload: unknown): Promise<void> {
    this.#deliver(`${machine.name} ${key}`, "signal", signal, await parseSignal(machine, signal, payload), 0);
  }

  retry(name: string, now: number): void {
    this.#deliver(name, "retry", null, null, now);
  }

  children(parent: string, run: number): Child[] {
    return [...this.instances.values()]
      .filter((child) => child.parent?.name === parent && child.parent.run === run)
      .map((child) => ({
        machine: child.machine,
        key: child.key,
        run: child.run,
        state: child.state,
        status: child.status,
        result: child.result === null ? null : JSON.parse(child.result),
      }));
  }

  cron(name: string, run: number, step: number): CronWait | undefined {
    const cron = this.instances.get(name)?.cron;
    return cron?.run === run && cron.step === step ? cron : undefined;
  }

  /** False when the row was written since it was read: the commit is refused. */
  commit(change: Change, now: number): boolean {
    const found = [...this.instances].find(([, row]) => row.id === change.id);
    if (!found || found[1].rev !== change.rev) return false;
    const [name, row] = found;
    const { effects, history, entered, tellsParent, data, ...fields } = change;
    const consumed = new Set(effects.consumed);
    const deadlines = new Map(row.deadlines);
    for (const number of effects.disarm ?? []) deadlines.delete(number);
    for (const number of effects.extend ?? []) {
      const armed = deadlines.get(number);
      if (armed) deadlines.set(number, { ...armed, at: Math.min(Math.max(armed.at, now + armed.by), armed.latest) });
    }
    for (const deadline of effects.arm ?? []) deadlines.set(deadline.number, armedAt(deadline, now));
    this.instances.set(name, {
      ...row,
      ...fields,
      rev: row.rev + 1,
      step: entered ? row.step + 1 : row.step,
      data: data ?? row.data,
      since: entered ? now : row.since,
      inbox: row.inbox.filter((message) => !consumed.has(message.id)),
      deadlines,
      cron: effects.cron?.[0] ?? row.cron,
    });
    if (history) this.#note(name, { kind: history.kind, from: history.from, to: entered ? change.state : null, error: history.detail });
    for (const { kind, cause } of effects.calmed ?? []) this.#calm(name, kind, cause);
    for (const raised of effects.raised ?? []) this.attention.set(`${name} ${raised.cause}`, { ...raised, name });
    for (const child of effects.spawned ?? []) this.#begin(child, { name, run: row.run }, now);
    for (const sent of effects.sent ?? []) this.#deliver(`${sent.machine} ${sent.key}`, "signal", sent.name, sent.payload, now);
    if (row.parent && tellsParent) this.#deliver(row.parent.name, "child", null, null, now);
    return true;
  }

  /** Puts what is late on the attention list. */
  watchDeadlines(now: number): void {
    for (const [name, row] of this.instances) {
      const deadlines = new Map(row.deadlines);
      for (const [number, { at }] of row.deadlines) {
        if (at > now) continue;
        deadlines.delete(number);
        const page = this.machines.get(row.machine)?.deadlines[number]?.page;
        const cause = deadlineCause(row.machine, number);
        const raised = { kind: "told", cause, code: "DEADLINE", say: page?.say ?? "", severity: page?.severity ?? "critical" } as const;
        this.attention.set(`${name} ${cause}`, { ...raised, name });
      }
      this.instances.set(name, { ...row, deadlines });
    }
  }

  #begin(start: Spawned, parent: RememberedInstance["parent"], now: number): void {
    const name = `${start.machine} ${start.key}`;
    const before = this.instances.get(name);
    if (before && before.status !== "done") return;
    const { machine, key, version, state, data, labels } = start;
    const run = (before?.run ?? 0) + 1;
    const fresh = {
      step: 0,
      since: now,
      status: "running",
      attempt: 0,
      firstFailure: null,
      error: null,
      result: null,
      inbox: [],
      due: now,
      cron: undefined,
    } as const;
    const deadlines = new Map(start.deadlines.map((deadline) => [deadline.number, armedAt(deadline, now)]));
    this.instances.set(name, {
      id: ++this.#last,
      rev: 1,
      machine,
      key,
      labels,
      run,
      version,
      state,
      data,
      parent,
      hasParent: parent !== null,
      deadlines,
      ...fresh,
    });
    this.#note(name, { kind: "started", from: null, to: state, error: null });
  }

  #deliver(name: string, kind: InboxRow["kind"], signal: string | null, payload: string | null, now: number): void {
    const row = this.instances.get(name);
    if (!row || row.status === "done") return;
    const message: InboxRow = { id: ++this.#last, run: row.run, kind, name: signal, payload, by: "test", why: "" };
    const isAsleep = row.status === "stuck" && kind !== "retry";
    this.instances.set(name, { ...row, inbox: [...row.inbox, message], due: isAsleep ? null : Math.min(row.due ?? now, now) });
  }

  #calm(name: string, kind: string, cause: string | null): void {
    for (const [id, raised] of this.attention) {
      const isKind = raised.kind === kind || (kind === "deadline" && raised.code === "DEADLINE");
      if (raised.name === name && isKind && (cause === null || cause === raised.cause)) this.attention.delete(id);
    }
  }

  #note(name: string, step: RememberedStep): void {
    this.history.set(name, [...(this.history.get(name) ?? []), step]);
  }
}

function armedAt({ within, by, most }: ArmedDeadline, now: number): Armed {
  return { at: now + within, by: by ?? Number.NEGATIVE_INFINITY, latest: now + (most ?? within) };
}
