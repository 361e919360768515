/** What every contender does: takes keys through four states, each step durable before the next begins, with data of 200 bytes. */
export const states = ["one", "two", "three", "four"] as const;
export type State = (typeof states)[number];

export interface Work {
  /** A fresh database. */
  readonly url: string;
  readonly keys: number;
  /** From `four` back to `one`, for ever, instead of to the end. */
  readonly endless: boolean;
  /** Keys come one by one to a system at rest, and what counts is how soon each is begun. */
  readonly isIdle: boolean;
}

export interface Contender {
  /** Of what does the work, and its version. */
  readonly version: string;
  /** How it was set up, as its own documents advise for speed. */
  readonly setup: string;
  /** What it does not do of what ours does with each step. */
  readonly lacks: string;
  /** It takes this share of the keys, so that the slow ones end too. */
  readonly share: number;
  /** Processes that it is fastest with. */
  readonly processes: number;
  /** It claims rows of a queue with FOR UPDATE SKIP LOCKED. */
  readonly isQueue: boolean;
  /** What it has is in a store that it brings along: the process that loads it is the one that works. */
  readonly hasOwnStore: boolean;
  open(work: Work): Promise<Engine>;
}

/** A contender on its connected store. */
export interface Engine extends AsyncDisposable {
  /** Brings the keys in, while no worker runs. */
  load(): Promise<void>;
  /** Starts a worker, which calls `entered` as each step begins. Resolves when it works or has begun to. */
  work(entered: Entered): Promise<void>;
  /** Keys that the store says are not at their end. */
  left(): Promise<number>;
  /** Starts one more key. Resolves when that is durable. */
  start(key: string): Promise<void>;
}

export type Entered = (state: State, key: string) => void;

export interface Data {
  readonly cluster: string;
  readonly region: string;
  readonly primary: string;
  readonly candidate: string;
  readonly reason: string;
  readonly checks: number;
}

/** About 200 bytes of JSON. `checks` changes with each step, so that what is written is never what was there. */
export function dataOf(key: string, checks = 0): Data {
  return {
    cluster: key,
    region: "eu-central-1",
    primary: "db-0017.eu-central-1.example.net",
    candidate: "db-0042.eu-central-1.example.net",
    reason: "three checks in a row had no answer",
    checks,
  };
}

export function keyOf(number: number): string {
  return `key-${number}`;
}

/** Undefined at the end of the way. */
export function after(state: State, endless: boolean): State | undefined {
  return states[states.indexOf(state) + 1] ?? (endless ? states[0] : undefined);
}
