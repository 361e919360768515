import type { Duration } from "../machine/duration.ts";
import type { Labels } from "../machine/machine.ts";
import type { Edit } from "../policy/edit.ts";
import type { RuleKind, Selector } from "../policy/rule.ts";

/** Names one instance. `key` alone is enough while one machine has it, or all others that have it are children. */
export interface Ref {
  readonly machine?: string | undefined;
  readonly key: string;
}

/** Who asks, and why: kept in history. */
export interface Actor {
  readonly by: string;
  readonly why: string;
}

export interface StartRequest extends Actor {
  readonly machine: string;
  readonly key: string;
  readonly input: unknown;
  readonly labels?: Labels | undefined;
  /** When a run of the key is not done. Default `refuse`. */
  readonly ifRunning?: "keep" | "refuse" | undefined;
  /** When the last run is done. Default `again`. */
  readonly ifDone?: "again" | "keep" | undefined;
}

export interface Started {
  readonly machine: string;
  readonly key: string;
  readonly run: number;
  readonly answer: "started" | "kept";
}

export interface SignalRequest extends Actor {
  readonly ref: Ref;
  readonly signal: string;
  readonly payload?: unknown;
}

export interface MoveRequest extends Actor {
  readonly ref: Ref;
  /** Any state of the machine: its table binds handlers, not people. */
  readonly state: string;
  /** Fields of the data to set with it. */
  readonly patch?: Readonly<Record<string, unknown>> | undefined;
}

export interface EditRequest extends Actor, Edit {
  readonly ref: Ref;
}

export interface AnswerRequest extends Actor {
  readonly ref: Ref;
  readonly answer: "approve" | "refuse";
}

export interface BreakerRequest extends Actor {
  readonly machine: string;
  readonly name: string;
  readonly scope: string;
  /** Lets so many through and stays open; left out, it is closed wholly. */
  readonly let?: number | undefined;
}

export interface RuleRequest extends Actor {
  readonly kind: RuleKind;
  /** With a `key`, one instance; else all that have everything that is named. Empty for all. */
  readonly selector: Selector;
  /** A mode's `observe`, `ask` or `act`; a silence's `mute` or `hold`. Left out for a pause. */
  readonly value?: string | undefined;
  /** Left out: as long as nobody takes it back. A silence must have an end. */
  readonly lasts?: Duration | undefined;
}
