import type { Status } from "../client/client.ts";
import type { ArmedDeadline } from "../machine/deadline.ts";
import type { Labels, Severity } from "../machine/machine.ts";
import type { Missed } from "../policy/cron.ts";

/** An instance as its owner reads it. Instants are milliseconds since 1970. */
export interface InstanceRow {
  readonly id: number;
  readonly machine: string;
  readonly key: string;
  readonly labels: Labels;
  readonly run: number;
  readonly version: number;
  /** Counts the row's writes: a commit names the one it read. */
  readonly rev: number;
  readonly state: string;
  /** Counts the run's transitions. */
  readonly step: number;
  readonly since: number;
  readonly status: Status;
  readonly attempt: number;
  readonly firstFailure: number | null;
  readonly error: string | null;
  /** JSON. */
  readonly data: string;
  /** Whether another instance has spawned this run, and is told of its end. */
  readonly hasParent: boolean;
  readonly inbox: readonly InboxRow[];
}

/** What a person does to an instance: its owner obeys before the handler runs, and while it is stuck or paused too. */
export type CommandKind = "retry" | "move" | "edit" | "cancel";

export interface InboxRow {
  readonly id: number;
  readonly run: number;
  readonly kind: "created" | "signal" | CommandKind | "approve" | "refuse" | "child";
  readonly name: string | null;
  readonly payload: string | null;
  readonly by: string;
  readonly why: string;
}

/** What one commit does to one instance, all of it or none. */
export interface Change {
  readonly id: number;
  readonly rev: number;
  readonly version: number;
  readonly state: string;
  /** A transition: the state may be the same. */
  readonly entered: boolean;
  readonly status: Status;
  readonly due: number | null;
  readonly attempt: number;
  readonly firstFailure: number | null;
  readonly error: string | null;
  /** JSON; null leaves it as it is. */
  readonly data: string | null;
  readonly result: string | null;
  readonly history: HistoryRow | null;
  readonly effects: Effects;
  /** The run's parent hears of this change. */
  readonly tellsParent: boolean;
}

export interface HistoryRow {
  readonly kind: "moved" | "failed" | "stuck" | "done" | "retried" | "migrated" | "edited" | "cancelled" | "refused";
  readonly from: string;
  readonly attempt: number;
  readonly took: number;
  /** JSON: the failure, or the fields that an edit has changed. */
  readonly detail: string | null;
  readonly by: string;
  readonly why: string;
}

export const noEffects: Effects = {};

/** A transition or an end by the handler alone, that touches nothing but the instance and its history. */
export function isPlain({ history, effects, tellsParent, entered, result }: Change): boolean {
  if (tellsParent || history === null || history.by !== "" || history.why !== "" || history.detail !== null) return false;
  const isMove = history.kind === "moved" && entered;
  const isEnd = history.kind === "done" && result !== null;
  return (isMove || isEnd) && !hasEffects(effects);
}

/** It touches the instance, its history and its inbox alone. */
export function touchesNothingBeside({ status, tellsParent, effects }: Change): boolean {
  if (tellsParent || status === "stuck") return false;
  const { consumed, took, ...rest } = effects;
  return !hasEffects(rest);
}

function hasEffects(effects: Effects): boolean {
  if (effects === noEffects) return false;
  for (const list of Object.values(effects)) if (list.length > 0) return true;
  return false;
}

/** What most changes have nothing of. */
export interface Effects {
  readonly consumed?: readonly number[];
  readonly took?: readonly { readonly signal: string; readonly by: string; readonly why: string }[];
  readonly spawned?: readonly Spawned[];
  readonly sent?: readonly {
    readonly slot: number;
    readonly machine: string;
    readonly key: string;
    readonly name: string;
    readonly payload: string | null;
  }[];
  readonly raised?: readonly Raised[];
  /** Kinds of attention that end; `cause` names one, null ends all of the kind. */
  readonly calmed?: readonly { readonly kind: "stuck" | "deadline" | "told"; readonly cause: string | null }[];
  readonly arm?: readonly ArmedDeadline[];
  readonly disarm?: readonly number[];
  /** Deadlines that progress puts off, where they are armed. Not those that this change arms or disarms. */
  readonly extend?: readonly number[];
  readonly cron?: readonly CronWait[];
}

/** The time that a visit waits for by a cron: void once the instance is in another visit. */
export interface CronWait {
  readonly run: number;
  readonly step: number;
  readonly at: number;
  readonly missed: Missed;
}

export interface Spawned {
  readonly slot: number;
  readonly machine: string;
  readonly key: string;
  readonly version: number;
  readonly state: string;
  readonly data: string;
  readonly labels: Labels;
  readonly deadlines: readonly ArmedDeadline[];
}

export interface Raised {
  readonly kind: "stuck" | "told";
  readonly cause: string;
  readonly code: string;
  readonly say: string;
  readonly severity: Severity;
  /** An instance whose open page says it already. Default: the parent. */
  readonly related?: { readonly slot: number; readonly machine: string; readonly key: string } | undefined;
}
