import type { StandardSchemaV1 } from "@standard-schema/spec";
import type { Cron } from "../policy/cron.ts";
import type { Duration } from "./duration.ts";
import type { Labels, Machine, Severity } from "./machine.ts";
import type { Patch } from "./needs.ts";
import type { Outcome } from "./outcome.ts";

/** `none` marks a signal without a payload. */
export const none: unique symbol = Symbol.for("fettle.none");
export type Signals = Readonly<Record<string, typeof none | StandardSchemaV1>>;
type Carried<S> = S extends StandardSchemaV1 ? [payload: StandardSchemaV1.InferInput<S>] : [];
export type Payload<S> = S extends StandardSchemaV1 ? StandardSchemaV1.InferOutput<S> : true;

/** What a handler sees of its instance and may do. `Owes` is what a state owes those it leads to: see `needs` of a machine. */
export interface It<Next extends string, Data, Sent extends Signals, Owes = Record<never, never>> {
  readonly machine: string;
  /** Names the thing in the world, for example `prod-1`. */
  readonly key: string;
  /** The nth time that this key goes through the machine, from 1. */
  readonly run: number;
  readonly labels: Labels;
  readonly state: string;
  readonly data: Readonly<Data>;
  /** 1 for the first attempt of this visit to the state, 2 after one failure, … */
  readonly attempt: number;
  /** When this state was entered, by the database's clock. */
  readonly since: Date;
  /** The same for every attempt of one visit to a state: the idempotency key for the outside world. */
  readonly token: string;
  /** Aborts at the timeout, when the lease is lost, and when the worker stops. */
  readonly abort: AbortSignal;
  /** The database's clock. */
  now(): Date;
  /** Takes the oldest pending signal of that name: its payload (`true` where it has none), or undefined. It is consumed by the commit of the outcome. */
  take<Name extends keyof Sent & string>(signal: Name): Payload<Sent[Name]> | undefined;
  /** Starts a child with the outcome's commit. A key that already runs is kept. */
  spawn<ChildData>(child: Machine<ChildData>, start: { key: string; input: ChildData; labels?: Labels }): void;
  /** The instances that this run has spawned. Their end wakes this one. */
  children(): Promise<readonly Child[]>;
  /** Sends a signal with the outcome's commit. A receiver that is not running drops it. */
  send<Other extends Signals, Name extends keyof Other & string>(
    to: { readonly machine: Machine<unknown, Other>; readonly key: string },
    signal: Name,
    ...payload: Carried<Other[Name]>
  ): void;
  /** By the machine's name, where its code is not at hand: the receiver checks the signal when it takes it. */
  send(to: { readonly machine: string; readonly key: string }, signal: string, payload?: unknown): void;
  /**
   * Calls a person with the outcome's commit, and goes on. One page is open per `cause` (default: machine and key). It is held back
   * while a page is open about `related` (default: the parent) that is as severe and was opened within 15 minutes before.
   */
  page(page: { severity: Severity; say: string; cause?: string; related?: { readonly machine: string; readonly key: string } }): void;
  /** Puts off the deadlines that extend, with the outcome's commit: it is slow, but it gets on. A transition does so by itself. */
  progress(): void;
  /**
   * The time for which this visit waited by a cron, once it has come; it stays until the handler waits for a cron again or leaves the
   * state. Undefined while the time is ahead, and where it was missed by more than a minute and the cron skips what is missed.
   */
  struck(): Promise<Date | undefined>;
  /** A line for the worker's log, with the instance's name in front. */
  log(message: string): void;

  to<State extends Next>(state: State, ...patch: Patch<Data, Owes, State>): Outcome<Next>;
  /**
   * Stay in this state and run the handler again later. Without a patch and within a minute nothing is written, unless it is by a cron.
   * `early` ends the wait when it settles; it is not durable: after a crash the instance is due at once.
   */
  wait(until: Duration | Date | Cron, patch?: Partial<Data>, early?: Promise<unknown>): Outcome<Next>;
  done(result?: unknown): Outcome<Next>;
  /** Waits for a person, and pages. `code` groups the pages; default STUCK. */
  stuck(reason: string, code?: string): Outcome<Next>;
}

export interface Child {
  readonly machine: string;
  readonly key: string;
  readonly run: number;
  readonly state: string;
  readonly status: "running" | "stuck" | "done";
  readonly result: unknown;
}
