import type { StandardSchemaV1 } from "@standard-schema/spec";
import type { Ask } from "../policy/ask.ts";
import type { Breaker } from "../policy/breaker.ts";
import type { Budget } from "../policy/budget.ts";
import type { Limit } from "../policy/limit.ts";
import type { Migrate } from "../policy/migrate.ts";
import { checkDefinition } from "./definition.ts";
import type { Duration } from "./duration.ts";
import type { It, Signals } from "./it.ts";
import type { FieldsOf, Needed, NeedsOf, Owed } from "./needs.ts";
import type { Outcome } from "./outcome.ts";

export type Labels = Readonly<Record<string, string>>;
export type Severity = "info" | "warning" | "critical";

/** Which states a state may lead to. A state that leads nowhere ends in `it.done()`. */
export type Transitions = Readonly<Record<string, readonly string[]>>;

export interface RetryPolicy {
  /** Attempts in one visit to the state, the first one included. Default 5. */
  readonly attempts?: number;
  /** `exponential` doubles the gap each time. Default exponential. */
  readonly backoff?: "exponential" | "constant";
  /** The first gap. Default 1s. */
  readonly first?: Duration;
  /** No gap is longer. Default 1m. */
  readonly cap?: Duration;
  /** No attempt starts later than this after the first failure. */
  readonly within?: Duration;
}

export interface StatePolicy<Next extends string = string, Name extends string = string, Data = never, State extends string = string> {
  /** Of one attempt. Default 30s. */
  readonly timeout?: Duration;
  readonly retry?: RetryPolicy;
  /** The transition that a signal causes in this state, before its handler runs or during its wait. It goes before the machine's own `on`. */
  readonly on?: { readonly [Signal in Name]?: Next };
  /** It changes the world, so that a mode or a silence may hold instances back from it. So does each state that anything below guards. */
  readonly acts?: true;
  readonly limit?: Limit<Data>;
  readonly ask?: Ask<State>;
}

export interface Deadline<State extends string = string> {
  /** Counts from entering one of these; from the start of the run when absent. */
  readonly in?: readonly State[];
  readonly reach: State | readonly State[];
  readonly within: Duration;
  /** Each transition, and each `it.progress()`, puts the deadline off until at least `by` from then, and never beyond `most` from its start. */
  readonly extend?: { readonly by: Duration; readonly most: Duration };
  readonly page: { readonly severity: Severity; readonly say: string };
}

/** Refuses a table that leads to a state which is not in it. */
type Closed<Table> = { readonly [S in keyof Table]: readonly (keyof Table & string)[] };
type Next<Row> = Row extends readonly (infer State extends string)[] ? State : never;

type Handlers<Table, Data, Sent extends Signals, Needs> = {
  readonly [S in keyof Table & string]: (
    it: It<Next<Table[S]>, Needed<Data, FieldsOf<Needs, S>>, Sent, Owed<Next<Table[S]>, Needs, S>>,
  ) => Promise<Outcome<Next<Table[S]>>>;
};

type OneOrMore<Item> = Item | readonly Item[];

/** A signal brings no data, so that it cannot lead to a state that needs some. */
type Signalled<To, Needs> = Exclude<To, keyof Needs> & string;

export interface Definition<Table, Schema extends StandardSchemaV1, Sent extends Signals, Needs> {
  /** Lower case, with an optional fleet in front: `failover`, `postgres/failover`. */
  readonly name: string;
  /** Raise it when a worker of older code must leave instances of this code alone. Default 1. */
  readonly version?: number;
  /** One sentence for people. */
  readonly about?: string;
  /** Any Standard Schema of a plain JSON object. */
  readonly data: Schema;
  readonly signals?: Sent;
  readonly start: keyof Table & string;
  readonly transitions: Table;
  /** Fields of the data that must be there in a state: who goes there owes them, and its handler finds them present. */
  readonly needs?: Needs;
  /** The transition that a signal causes in every state that leads there; elsewhere the signal waits. */
  readonly on?: { readonly [Name in keyof NoInfer<Sent> & string]?: Signalled<Next<Table[keyof Table]>, NoInfer<Needs>> };
  readonly policy?: {
    readonly [S in keyof Table & string]?: StatePolicy<
      Signalled<Next<Table[S]>, NoInfer<Needs>>,
      keyof NoInfer<Sent> & string,
      StandardSchemaV1.InferOutput<Schema>,
      Signalled<keyof Table, NoInfer<Needs>>
    >;
  };
  readonly breaker?: OneOrMore<Breaker<keyof Table & string>>;
  readonly budget?: OneOrMore<Budget<keyof Table & string>>;
  readonly deadlines?: readonly Deadline<keyof Table & string>[];
  /** What a person should notice about an instance, from its data alone; shown beside its state. */
  readonly note?: (data: StandardSchemaV1.InferOutput<Schema>) => string | undefined;
  readonly migrate?: Migrate;
  readonly states: Handlers<Table, StandardSchemaV1.InferOutput<Schema>, Sent, Needs>;
}

/** A checked definition, with the types of its states erased: what the engine runs. */
export interface Machine<Data = unknown, Sent extends Signals = Signals> {
  readonly name: string;
  readonly version: number;
  readonly about: string;
  readonly data: StandardSchemaV1<unknown, Data>;
  readonly signals: Sent;
  readonly start: string;
  readonly transitions: Transitions;
  readonly needs: Readonly<Record<string, readonly string[] | undefined>>;
  readonly on: Readonly<Record<string, string | undefined>>;
  readonly policy: Readonly<Record<string, StatePolicy | undefined>>;
  readonly deadlines: readonly Deadline[];
  readonly breaker: readonly Breaker[];
  readonly budget: readonly Budget[];
  readonly note: (data: never) => string | undefined;
  readonly migrate: Migrate;
  readonly states: Readonly<Record<string, (it: It<string, never, never>) => Promise<Outcome>>>;
}

/**
 * Defines a machine. Everything in it but the handlers is plain data, so the diagram is drawn from it without running anything.
 * Throws BAD_DEFINITION, naming the field, for what the types cannot see (a bad duration, an empty name).
 */
export function machine<
  const Table extends Closed<Table>,
  Schema extends StandardSchemaV1<unknown, object>,
  const Sent extends Signals = Record<never, never>,
  const Needs extends NeedsOf<Table, StandardSchemaV1.InferOutput<Schema>> = Record<never, never>,
>(definition: Definition<Table, Schema, Sent, Needs>): Machine<StandardSchemaV1.InferOutput<Schema>, Sent> {
  const whole = {
    version: 1,
    about: "",
    signals: {},
    needs: {},
    on: {},
    policy: {},
    deadlines: [],
    note: () => undefined,
    migrate: {},
    ...definition,
    breaker: [definition.breaker ?? []].flat(),
    budget: [definition.budget ?? []].flat(),
  };
  // The handlers' own types were checked above; the engine parses data and signals before it calls them.
  const erased = whole as unknown as Machine<StandardSchemaV1.InferOutput<Schema>, Sent>;
  checkDefinition(erased);
  return erased;
}
