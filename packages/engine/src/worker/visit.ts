import { FettleError } from "../error.ts";
import { deadlineChanges, extendable } from "../machine/deadline.ts";
import type { Child, It, Signals } from "../machine/it.ts";
import { encode } from "../machine/json.ts";
import type { Labels, Machine, Severity } from "../machine/machine.ts";
import type { NowOrLater } from "../machine/now-or-later.ts";
import type { Outcome } from "../machine/outcome.ts";
import { parseInput, parseSignal } from "../machine/schema.ts";
import { type Cron, struckAt } from "../policy/cron.ts";
import { type CronWait, type Effects, type InboxRow, type InstanceRow, noEffects, type Raised, type Spawned } from "../store/change.ts";
import { slotOf } from "../store/slot.ts";
import type { LogFields } from "./options.ts";

/** What a visit needs of the worker: clock, chance and the store come in from outside. */
export interface World {
  /** The database's clock, in milliseconds since 1970. */
  now(): number;
  random(): number;
  children(id: number, run: number): Promise<readonly Child[]>;
  /** What this visit waits for by a cron, if it does. */
  cron(id: number, run: number, step: number): Promise<Pick<CronWait, "at" | "missed"> | undefined>;
  log(line: string, about: LogFields): void;
  /** Calls a handler; whoever watches the worker can see whose it is. */
  call(id: number, handler: Handler, visit: Visit): Promise<Outcome>;
  /** Arms the attempt's timeout, where the handler is not back at once. */
  watch(attempt: { armTimeout(): void }): void;
  /** Calls back after that many milliseconds, unless disposed. */
  alarm(ms: number, ring: () => void): Disposable;
}

/** A pending signal, its payload already parsed. */
export interface Pending {
  readonly row: InboxRow;
  readonly payload: unknown;
}

/** What a machine has for a state, whatever the machine. */
export type Handler = (visit: Visit) => Promise<Outcome>;

type Wish = () => Promise<Partial<Effects>>;

/** The `it` of one attempt: gathers what the handler wants, for the commit of its outcome. */
export class Visit implements It<string, unknown, Signals> {
  readonly machine: string;
  readonly key: string;
  readonly run: number;
  readonly labels: Labels;
  readonly state: string;
  readonly attempt: number;
  readonly data: never;
  readonly #abort: () => AbortSignal;
  readonly #row: InstanceRow;
  readonly #world: World;
  readonly #pending: Pending[];
  readonly #taken: InboxRow[] = [];
  readonly #wishes: Wish[] = [];
  #hasProgressed = false;

  constructor(row: InstanceRow, data: unknown, pending: Pending[], abort: () => AbortSignal, world: World) {
    this.machine = row.machine;
    this.key = row.key;
    this.run = row.run;
    this.labels = row.labels;
    this.state = row.state;
    this.attempt = row.attempt + 1;
    // The machine's own schema has just made it; the handler's type is that schema's output.
    this.data = data as never;
    this.#abort = abort;
    this.#row = row;
    this.#world = world;
    this.#pending = pending;
  }

  get abort(): AbortSignal {
    return this.#abort();
  }

  get since(): Date {
    return new Date(this.#row.since);
  }

  get token(): string {
    return tokenOf(this.#row);
  }

  now(): Date {
    return new Date(this.#world.now());
  }

  log(message: string): void {
    const { machine, key, run, state, attempt } = this;
    this.#world.log(`${machine} ${key} ${state}: ${message}`, { machine, key, run, state, attempt });
  }

  take(signal: string): never {
    const at = this.#pending.findIndex(({ row }) => row.name === signal);
    if (at < 0) return undefined as never;
    const [found] = this.#pending.splice(at, 1) as [Pending];
    this.#taken.push(found.row);
    return found.payload as never;
  }

  spawn<ChildData>(child: Machine<ChildData>, start: { key: string; input: ChildData; labels?: Labels }): void {
    this.#wishes.push(async () => ({ spawned: [await spawned(child, start, this.labels)] }));
  }

  children(): Promise<readonly Child[]> {
    return this.#world.children(this.#row.id, this.#row.run);
  }

  send(to: { machine: Machine | string; key: string }, signal: string, payload?: unknown): void {
    this.#wishes.push(async () => {
      checkKey(to.key);
      const name = typeof to.machine === "string" ? to.machine : to.machine.name;
      const text = typeof to.machine === "string" ? encodeOrNull(payload, signal) : await parseSignal(to.machine, signal, payload);
      return { sent: [{ slot: slotOf(name, to.key), machine: name, key: to.key, name: signal, payload: text }] };
    });
  }

  page(page: { severity: Severity; say: string; cause?: string; related?: { machine: string; key: string } }): void {
    const cause = `told:${page.cause ?? `${this.machine}:${this.key}`}`;
    const related = page.related && { ...page.related, slot: slotOf(page.related.machine, page.related.key) };
    const raised: Raised = { kind: "told", cause, code: "TOLD", say: page.say, severity: page.severity, related };
    this.#wishes.push(async () => {
      encode({ cause, say: page.say, related: page.related }, "page");
      return { raised: [raised] };
    });
  }

  progress(): void {
    this.#hasProgressed = true;
  }

  async struck(): Promise<Date | undefined> {
    const cron = await this.#world.cron(this.#row.id, this.#row.run, this.#row.step);
    const at = cron && struckAt(cron.at, cron.missed, this.#world.now());
    return at === undefined ? undefined : new Date(at);
  }

  to(state: string, patch: object = {}): Outcome {
    return { kind: "to", state, patch };
  }

  wait(until: string | Date | Cron, patch?: object, early?: Promise<unknown>): Outcome {
    return { kind: "wait", until, patch, early };
  }

  done(result?: unknown): Outcome {
    return { kind: "done", result };
  }

  stuck(reason: string, code = "STUCK"): Outcome {
    return { kind: "stuck", reason, code };
  }

  /** Everything the handler asked for besides its outcome. Throws what is wrong with a child's input or a signal's payload. */
  effects(machine: Machine): NowOrLater<Effects> {
    if (this.#hasProgressed) this.#wishes.push(async () => ({ extend: extendable(machine) }));
    return this.#wishes.length === 0 && this.#taken.length === 0 ? noEffects : this.#gather();
  }

  async #gather(): Promise<Effects> {
    const wishes = await Promise.all(this.#wishes.map((wish) => wish()));
    return {
      spawned: wishes.flatMap((wish) => wish.spawned ?? []),
      sent: wishes.flatMap((wish) => wish.sent ?? []),
      raised: wishes.flatMap((wish) => wish.raised ?? []),
      extend: wishes.flatMap((wish) => wish.extend ?? []),
      consumed: this.#taken.map((row) => row.id),
      took: this.#taken.map((row) => ({ signal: row.name ?? "", by: row.by, why: row.why })),
    };
  }
}

export function tokenOf(row: Pick<InstanceRow, "machine" | "key" | "run" | "step">): string {
  return `${row.machine}:${row.key}:${row.run}:${row.step}`;
}

async function spawned(child: Machine, start: { key: string; input: unknown; labels?: Labels }, inherited: Labels): Promise<Spawned> {
  checkKey(start.key);
  return {
    slot: slotOf(child.name, start.key),
    machine: child.name,
    key: start.key,
    version: child.version,
    state: child.start,
    data: await parseInput(child, start.input),
    labels: start.labels ?? inherited,
    deadlines: deadlineChanges(child, undefined, child.start).arm,
  };
}

/** Keys are typed, printed and put into addresses. Throws BAD_KEY. */
export function checkKey(key: string): void {
  if (
    typeof key === "string" &&
    key.length > 0 &&
    key.length <= 200 &&
    key.isWellFormed() &&
    !/[\p{Cc}\p{Zl}\p{Zp}]/u.test(key) &&
    key.trim() === key
  )
    return;
  throw new FettleError("BAD_KEY", `Cannot use ${JSON.stringify(key)} as a key`, {
    fix: "Use 1 to 200 characters without control characters, and no space at either end",
    retryable: false,
  });
}

function encodeOrNull(payload: unknown, signal: string): string | null {
  return payload === undefined ? null : encode(payload, signal);
}
