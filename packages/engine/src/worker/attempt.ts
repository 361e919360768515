import { FettleError, failureOf } from "../error.ts";
import { milliseconds } from "../machine/duration.ts";
import { none } from "../machine/it.ts";
import type { Machine } from "../machine/machine.ts";
import { andThen } from "../machine/now-or-later.ts";
import type { Outcome } from "../machine/outcome.ts";
import { defaultTimeout } from "../machine/retry.ts";
import { parse } from "../machine/schema.ts";
import type { InstanceRow } from "../store/change.ts";
import { isStoreAway } from "../store/store.ts";
import { type Attempted, conclude, failed, stuck } from "./conclude.ts";
import { ledBySignal } from "./led-by-signal.ts";
import { migrate } from "./migrate.ts";
import { type Handler, type Pending, Visit, type World } from "./visit.ts";

/**
 * One attempt of the handler of the instance's state. Most handlers are back at once, so nothing is made that only those need
 * which are not: the timeout is armed, and the AbortSignal made, when there is something to wait for.
 */
export class Attempt {
  /** Never rejects: a failure is a change too. */
  readonly answer: Promise<Attempted>;
  readonly #answer: (attempted: Attempted) => void;
  readonly #row: InstanceRow;
  readonly #machine: Machine;
  readonly #world: World;
  readonly #began: number;
  #visit: Visit | undefined;
  #isHandling = false;
  #alarm: Disposable | undefined;
  #controller: AbortController | undefined;
  #ended: { readonly reason: Error; readonly isVoid: boolean } | undefined;
  #cameBack: PromiseWithResolvers<void> | undefined;

  constructor(row: InstanceRow, machine: Machine, world: World) {
    const { promise, resolve } = Promise.withResolvers<Attempted>();
    this.answer = promise;
    this.#answer = resolve;
    this.#row = row;
    this.#machine = machine;
    this.#world = world;
    this.#began = world.now();
    this.#begin();
  }

  /** Aborts the handler: the attempt does not count, and its outcome is not wanted any more. */
  abandon(reason: Error): void {
    this.#end(reason, true);
  }

  /** Resolves when the handler itself has come back, which is after the answer where it ignores its AbortSignal; undefined when it has. */
  get lingering(): Promise<void> | undefined {
    if (!this.#isHandling) return undefined;
    this.#cameBack ??= Promise.withResolvers<void>();
    return this.#cameBack.promise;
  }

  /** Counts the time from when the attempt began. */
  armTimeout(): void {
    if (!this.#isHandling || this.#ended) return;
    const limit = this.#machine.policy[this.#row.state]?.timeout ?? defaultTimeout;
    const left = milliseconds(limit) - (this.#world.now() - this.#began);
    this.#alarm = this.#world.alarm(Math.max(0, left), () => this.#end(this.#tooLate(limit), false));
  }

  #begin(): void {
    try {
      const row = this.#row;
      const migrating = row.version < this.#machine.version ? migrate(row, this.#machine, this.#world) : undefined;
      if (migrating) {
        migrating.then(this.#answer, (error: unknown) => this.#fail(error));
        return;
      }
      const data = parse(this.#machine.data, JSON.parse(row.data), "data", "BAD_DATA");
      if (data instanceof Promise || row.inbox.length > 0) this.#prepare(data).catch((error: unknown) => this.#fail(error));
      else this.#handle(data, []);
    } catch (error) {
      this.#fail(error);
    }
  }

  async #prepare(data: unknown): Promise<void> {
    const parsed = await data;
    const pending = await readSignals(this.#row, this.#machine);
    if ("change" in pending) this.#answer(pending);
    else {
      const led = ledBySignal(this.#row, this.#machine, pending, this.#world);
      if (led) this.#answer(await led);
      else this.#handle(parsed, pending);
    }
  }

  #handle(data: unknown, pending: Pending[]): void {
    const row = this.#row;
    const handler = Object.hasOwn(this.#machine.states, row.state) ? this.#machine.states[row.state] : undefined;
    if (!handler) throw noSuchState(row, this.#machine);
    if (this.#ended) throw this.#ended.reason;
    const visit = new Visit(row, data, pending, () => this.#signal(), this.#world);
    this.#visit = visit;
    // Its own `it` is what the machine's types promise it.
    const handled = this.#world.call(row.id, handler as Handler, visit);
    this.#isHandling = true;
    this.#world.watch(this);
    Promise.resolve(handled).then(
      (outcome) => this.#conclude(visit, outcome),
      (error: unknown) => {
        this.#comeBack();
        this.#tellLate(error);
        this.#fail(error);
      },
    );
  }

  #conclude(visit: Visit, outcome: Outcome): void {
    this.#comeBack();
    if (this.#ended) return;
    try {
      const attempted = andThen(visit.effects(this.#machine), (effects) =>
        conclude(this.#row, this.#machine, outcome, effects, this.#world, this.#began),
      );
      if (attempted instanceof Promise) attempted.then(this.#answer, (error: unknown) => this.#fail(error));
      else this.#answer(attempted);
    } catch (error) {
      this.#fail(error);
    }
  }

  #comeBack(): void {
    this.#isHandling = false;
    this.#alarm?.[Symbol.dispose]();
    this.#cameBack?.resolve();
  }

  #end(reason: Error, isVoid: boolean): void {
    if (this.#ended) return;
    this.#ended = { reason, isVoid };
    this.#controller?.abort(reason);
    this.#fail(reason);
  }

  #fail(error: unknown): void {
    if (this.#ended?.isVoid || isStoreAway(error)) this.#answer({ kind: "void" });
    else this.#answer(failed(this.#row, this.#machine, error, this.#world, this.#began));
  }

  #signal(): AbortSignal {
    if (!this.#controller) {
      this.#controller = new AbortController();
      if (this.#ended) this.#controller.abort(this.#ended.reason);
    }
    return this.#controller.signal;
  }

  /** How a handler ends that was given up at its timeout: nobody waits for it any more, but its failure may tell what it hung on. */
  #tellLate(error: unknown): void {
    if (this.#ended && !this.#ended.isVoid && error !== this.#ended.reason) this.#visit?.log(`failed after its timeout: ${String(error)}`);
  }

  #tooLate(limit: string): FettleError {
    const { state, machine, key } = this.#row;
    return new FettleError("ATTEMPT_TIMEOUT", `${state} of ${machine} ${key} took longer than ${limit}`, {
      fix: `Find what it waits for, or raise policy.${state}.timeout`,
    });
  }
}

async function readSignals(row: InstanceRow, machine: Machine): Promise<Pending[] | Extract<Attempted, { kind: "change" }>> {
  const pending: Pending[] = [];
  for (const signal of row.inbox) {
    if (signal.kind !== "signal" || signal.run !== row.run) continue;
    const schema = machine.signals[signal.name ?? ""];
    try {
      const value: unknown = signal.payload === null ? true : JSON.parse(signal.payload);
      pending.push({
        row: signal,
        payload: schema && schema !== none ? await parse(schema, value, signal.name ?? "", "BAD_SIGNAL") : value,
      });
    } catch (error) {
      // The bad signal is consumed, so that a retry goes on without it.
      return stuck(row, machine, failureOf(error), { consumed: [signal.id] }, 0);
    }
  }
  return pending;
}

function noSuchState(row: InstanceRow, machine: Machine): FettleError {
  return new FettleError("NO_SUCH_STATE", `Cannot run ${row.machine} ${row.key}: the code has no state ${row.state}`, {
    fix: `Bring ${row.state} back, or end what no code knows any more; states of the code: ${Object.keys(machine.states).join(", ")}`,
    retryable: false,
  });
}
