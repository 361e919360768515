import type { Failure } from "../error.ts";

import type { Labels, Severity } from "../machine/machine.ts";
import type { FieldChange } from "../policy/edit.ts";
import type { Rule } from "../policy/rule.ts";
import type { Cause, Page, WaySummary } from "./page.ts";
import type {
  Actor,
  AnswerRequest,
  BreakerRequest,
  EditRequest,
  MoveRequest,
  Ref,
  RuleRequest,
  SignalRequest,
  Started,
  StartRequest,
} from "./request.ts";
import type { Rollout, RolloutRequest } from "./rollout.ts";

export type Status = "running" | "stuck" | "done";

export interface Filter {
  readonly machine?: string | undefined;
  readonly key?: string | undefined;
  readonly state?: string | undefined;
  readonly status?: Status | undefined;
  readonly labels?: Labels | undefined;
  /** Default 100. */
  readonly limit?: number | undefined;
}

/** Instants are RFC 3339 in UTC, of the database's clock. */
export interface InstanceSummary {
  readonly machine: string;
  readonly key: string;
  readonly run: number;
  readonly state: string;
  readonly status: Status;
  /** When the state was entered. */
  readonly since: string;
  /** When the handler runs next; null when stuck or done. */
  readonly due: string | null;
  /** Failed attempts of this visit to the state. */
  readonly attempt: number;
  /** Attempts that the policy allows; null where this process does not know the machine. */
  readonly attempts: number | null;
  readonly error: Failure | null;
  readonly labels: Labels;
  /** What the machine's `note` says of the data. */
  readonly note: string | null;
  /** What keeps it from going on, beside its status: a policy, or a person. */
  readonly held: Held | null;
}

export interface Held {
  readonly kind: "pause" | "silence" | "mode" | "ask" | "limit" | "rate" | "breaker";
  readonly say: string;
  /** The state that it may not enter yet. */
  readonly wants: string | null;
  /** In the line of those that want the same, from 1. */
  readonly position: number | null;
  readonly since: string;
  /** When it ends by itself. */
  readonly until: string | null;
  /** The number of the rule that this is; null where it is the machine's own policy, and of rules that are for more than this instance. */
  readonly rule: number | null;
}

export interface Listing {
  /** Newest state first, at most `limit`. */
  readonly instances: readonly InstanceSummary[];
  /** How many match. */
  readonly total: number;
  /** Of those that match, by machine, state and status. */
  readonly counts: readonly StateCount[];
}

export interface StateCount {
  readonly machine: string;
  readonly state: string;
  readonly status: Status;
  readonly count: number;
}

export interface Relative {
  readonly machine: string;
  readonly key: string;
  readonly run: number;
  readonly state: string;
  readonly status: Status;
}

export interface InstanceDetail extends InstanceSummary {
  readonly id: number;
  readonly version: number;
  readonly started: string;
  readonly token: string;
  readonly data: unknown;
  readonly result: unknown;
  readonly deadlines: readonly {
    readonly reach: readonly string[];
    readonly at: string;
    readonly severity: Severity;
    readonly say: string;
  }[];
  /** Sent and not yet taken. */
  readonly signals: readonly {
    readonly name: string;
    readonly payload: unknown;
    readonly by: string;
    readonly why: string;
    readonly at: string;
  }[];
  readonly parent: Relative | null;
  readonly children: readonly Relative[];
}

export type HistoryKind = "started" | "moved" | "failed" | "stuck" | "done" | "took" | "retried" | "migrated" | "held" | Ordered;
/** What a person has done: `refused` says what could not be done any more when its turn came, and why. */
type Ordered = "edited" | "cancelled" | "refused" | "paused" | "resumed";

export interface HistoryEntry {
  readonly id: number;
  readonly at: string;
  readonly machine: string;
  readonly key: string;
  readonly run: number;
  /** Transitions of the run before this entry. */
  readonly step: number;
  readonly kind: HistoryKind;
  readonly from: string | null;
  readonly to: string | null;
  readonly attempt: number;
  /** How long the attempt took, in milliseconds. */
  readonly took: number | null;
  readonly error: Failure | null;
  /** The signal's name, where kind is `took`. */
  readonly signal: string | null;
  /** What an edit has changed, where kind is `edited`. */
  readonly edits: readonly FieldChange[] | null;
  readonly by: string;
  readonly why: string;
}

export interface Changes {
  readonly entries: readonly HistoryEntry[];
  /** Where to read on: to be given back as it is. */
  readonly last: string;
}

export interface MachineSummary {
  readonly name: string;
  readonly version: number;
  readonly about: string;
  readonly start: string;
  readonly transitions: Readonly<Record<string, readonly string[]>>;
  readonly signals: readonly string[];
  readonly counts: readonly StateCount[];
}

export interface WorkerSummary {
  readonly id: string;
  readonly host: string;
  readonly pid: number;
  readonly started: string;
  readonly expires: string;
  /** Slots it holds, of 4,096. */
  readonly slots: number;
}

/** An instance that is not done, as an export has it. */
export interface LivingInstance {
  readonly id: number;
  readonly machine: string;
  readonly key: string;
  readonly version: number;
  readonly state: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** An instance that the code does not accept. */
export interface Misfit {
  readonly machine: string;
  readonly key: string;
  readonly code: "NO_SUCH_MACHINE" | "NO_SUCH_STATE" | "BAD_DATA" | "MIGRATION_FAILED" | "VERSION_TOO_NEW";
  readonly message: string;
  readonly fix: string;
}

/** A breaker as it stands: `scope` is the value of the label that it counts by, empty where it counts all together. */
export interface BreakerSummary {
  readonly machine: string;
  readonly name: string;
  readonly scope: string;
  /** As it was last counted. */
  readonly population: number;
  readonly opened: string | null;
  /** How many more are let through while it is open. */
  readonly let: number;
  /** A person has closed it: it is armed again when fewer are inside than trip it. */
  readonly passing: boolean;
  /** What people did to it, oldest first; `let` is null where they closed it wholly. */
  readonly acts: readonly (Actor & { readonly at: string; readonly let: number | null })[];
}

/**
 * Every operation on the engine: in process on a store, or over HTTP to a running `fettle up`, with the same answers.
 * All of them throw FettleError: NO_SUCH_INSTANCE (with the nearest keys in its fix), NO_SUCH_MACHINE, BAD_KEY, BAD_DATA, STORE_AWAY, …
 */
export interface Client extends AsyncDisposable {
  machines(): Promise<readonly MachineSummary[]>;
  list(filter: Filter): Promise<Listing>;
  show(ref: Ref): Promise<InstanceDetail>;
  /** Newest first. `limit` defaults to 100. */
  history(ref: Ref, page?: { readonly limit?: number; readonly before?: number }): Promise<readonly HistoryEntry[]>;
  /**
   * What was committed since `after`, at most 1,000 entries, each once; without `after`, nothing but where now is, as `last`. `"0"` is the beginning.
   * Oldest first, but for those whose transaction was open when later ones were read: they come when it has ended. Of more than 64 stretches
   * of them the oldest are passed over, and so is what was open before 1,000 later ones when the looking began: `history` is complete.
   */
  changes(after?: string): Promise<Changes>;
  attention(): Promise<readonly Cause[]>;
  pages(filter: { readonly all?: boolean }): Promise<readonly Page[]>;
  /** Ends the calls of a page at once, and tells those who were called. */
  acknowledge(page: number, actor: Actor): Promise<Page>;
  /** The ways to a person, in the order in which they are called. */
  ways(): Promise<readonly WaySummary[]>;
  /** Has the workers send a test through every way, or one; `pages({ all: true })` shows how it went. Throws NO_SUCH_WAY. */
  testPager(test: { readonly via?: string | undefined } & Actor): Promise<Page>;
  workers(): Promise<readonly WorkerSummary[]>;
  /** Every instance that is not done and that the code, as this client has it, could not run. */
  check(): Promise<readonly Misfit[]>;
  /** Instances that are not done, in the order of their ids, so many at a time: those after `after`. None when there are no more. */
  living(after?: number): Promise<readonly LivingInstance[]>;
  /** Refused with ALREADY_RUNNING when a run of the key is not done. */
  start(request: StartRequest): Promise<Started>;
  /** Durable once this resolves; the instance takes it when its handler asks for it. NOT_RUNNING when its run is done. */
  signal(request: SignalRequest): Promise<void>;
  /** Runs the handler now with attempts counted anew: for a stuck instance or one that waits for its next attempt. NOT_RUNNING when done. */
  retry(ref: Ref, actor: Actor): Promise<void>;
  /**
   * Puts an instance into another state, aborting its handler; a stuck one runs again. Durable once this resolves, and done before its
   * handler runs again. NOT_RUNNING when done, NO_SUCH_STATE, BAD_DATA, NEEDS_DATA.
   */
  move(request: MoveRequest): Promise<void>;
  /** Changes fields of the data, and answers what differs; the handler that runs now sees the old ones. NOT_RUNNING, BAD_DATA, NEEDS_DATA. */
  edit(request: EditRequest): Promise<readonly FieldChange[]>;
  /** Ends the run where it is, aborting its handler; nothing of the machine runs any more. NOT_RUNNING when done. */
  cancel(ref: Ref, actor: Actor): Promise<void>;
  /** Answers an instance that waits for a person to approve the state it wants to enter. NOT_ASKED when it does not. */
  answer(request: AnswerRequest): Promise<void>;
  /** Breakers that have been asked, the open ones first. */
  breakers(): Promise<readonly BreakerSummary[]>;
  /** Closes a breaker, or lets a number through. Nothing else ever closes one. NOT_OPEN. */
  closeBreaker(request: BreakerRequest): Promise<BreakerSummary>;
  /** Rules in force, the newest first; with `all`, also those that have ended. */
  rules(filter: { readonly all?: boolean }): Promise<readonly Rule[]>;
  /** Lays down a rule, in place of one of the same kind for the same selector. Workers keep to it within a second. BAD_RULE, NO_SUCH_INSTANCE. */
  addRule(request: RuleRequest): Promise<Rule>;
  /** Takes a rule back. NO_SUCH_RULE when it is not in force. */
  endRule(id: number, actor: Actor): Promise<Rule>;
  /**
   * Does one act to all that match, in stages; whom it is for is frozen here. Throws NOTHING_SELECTED, MIXED_SELECTION (states, signals
   * and data are those of one machine), ALREADY_RUNNING, and what the act itself throws for one instance.
   */
  startRollout(request: RolloutRequest): Promise<Rollout>;
  /** The newest first, at most 100. */
  rollouts(): Promise<readonly Rollout[]>;
  /** NO_SUCH_INSTANCE when there is none of that name. It is paused, resumed and cancelled as the instance `fettle/rollout` NAME. */
  rollout(name: string): Promise<Rollout>;
  /** Lets a rollout go on that has halted, as carefully as it began; what has failed until now is accepted. NOT_HALTED. */
  goOn(name: string, actor: Actor): Promise<void>;
}
