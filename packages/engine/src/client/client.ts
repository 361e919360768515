import type { Failure } from "../error.ts";
import type { Duration } from "../machine/duration.ts";
import type { Labels, Severity } from "../machine/machine.ts";
import type { Edit, FieldChange } from "../policy/edit.ts";
import type { Rule, RuleKind, Selector } from "../policy/rule.ts";
import type { Rollout, RolloutRequest } from "./rollout.ts";

/** Names one instance. `key` alone is enough while one machine has it, or all others that have it are children. */
export interface Ref {
  readonly machine?: string | undefined;
  readonly key: string;
}

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

export interface Page {
  readonly id: number;
  /** The same over all that is told of the page: what the other side knows it by. */
  readonly token: string;
  readonly cause: string;
  readonly severity: Severity;
  readonly say: string;
  /** The first instance of the cause. */
  readonly machine: string;
  readonly key: string;
  /** How often it was raised while open. */
  readonly count: number;
  /** The instances that have its cause now, as of the last look, a second ago at most. */
  readonly victims: number;
  readonly opened: string;
  readonly last: string;
  /** 1 when the page has called once, 2 when it has begun to call anew after an acknowledgement, since it got worse; 0 before. */
  readonly round: number;
  /** The page that says it already, while this one is held back. */
  readonly suppressedBy: number | null;
  readonly acknowledged: { readonly by: string; readonly at: string; readonly note: string } | null;
  readonly resolved: string | null;
  /** Whom it calls next, while nobody has acknowledged it. */
  readonly next: { readonly at: string; readonly act: "open" | "repeat"; readonly via: readonly string[] } | null;
  /** What was told to whom, newest first, at most 50. */
  readonly deliveries: readonly Delivery[];
}

/** What a way is told of a page: `open` and `repeat` call a person, the others say how it went on; `test` proves the way. */
export type Act = "open" | "repeat" | "acknowledge" | "resolve" | "test";

export interface Delivery {
  readonly via: string;
  readonly act: Act;
  readonly round: number;
  readonly at: string;
  readonly attempts: number;
  readonly delivered: string | null;
  /** When it is tried again; null when it will not be. */
  readonly due: string | null;
  /** Why the last attempt failed. */
  readonly error: string | null;
}

/** One way to a person that living workers have. */
export interface WaySummary {
  readonly name: string;
  /** Milliseconds from the opening of a page until it is called. */
  readonly after: number;
  /** Milliseconds between calls while nobody acknowledges. */
  readonly repeat: number;
  /** When something was last delivered. */
  readonly worked: string | null;
  /** Since when nothing gets through. */
  readonly failing: string | null;
}

/** One line of the attention list: a cause, and how many things it holds. */
export interface Cause {
  readonly cause: string;
  /** `engine`: about fettle itself, and not about an instance. */
  readonly kind: "stuck" | "deadline" | "told" | "ask" | "breaker" | "engine";
  readonly machine: string;
  readonly state: string;
  readonly code: string;
  readonly say: string;
  readonly count: number;
  readonly since: string;
  /** Up to five keys. */
  readonly examples: readonly string[];
  readonly page: Page | null;
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
