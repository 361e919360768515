import type { Duration } from "../machine/duration.ts";
import type { Pace, RolloutAct, Share, StageProgress } from "../policy/rollout.ts";
import type { Filter, Held, Status } from "./client.ts";
import type { Actor } from "./request.ts";

export type Selection = Omit<Filter, "limit">;

export interface RolloutRequest extends Actor, Pace {
  readonly act: RolloutAct;
  /** A start is for runs that are done, every other act for those that are not. */
  readonly selection: Selection;
  /** What it is called, as the key of its instance. Default: the act and four letters. */
  readonly name?: string | undefined;
}

/** A rollout as it stands. Instants are RFC 3339 in UTC, of the database's clock. */
export interface Rollout extends Actor {
  readonly name: string;
  readonly run: number;
  readonly act: RolloutAct;
  readonly selection: Selection;
  readonly machines: readonly string[];
  readonly state: "acting" | "watching" | "halted" | "finished";
  readonly status: Status;
  readonly held: Held | null;
  readonly started: string;
  /** When the state was entered. */
  readonly since: string;
  readonly first: number;
  readonly gap: Duration;
  readonly haltAt: Share;
  /** The stage that it is in, from 1; while it is halted, the one that is next. */
  readonly stage: number;
  /** When the stage is judged, and the next one begins if all is well; null unless it watches. */
  readonly next: string | null;
  /** Why it has halted; null unless it has. */
  readonly reason: string | null;
  /** How many were selected: acted upon, passed over, and the rest. */
  readonly total: number;
  /** How many are waiting, fine or failed. Once it is done, as they were at its end. */
  readonly acted: number;
  readonly waiting: number;
  readonly fine: number;
  readonly failed: number;
  readonly passed: number;
  readonly rest: number;
  readonly stages: readonly StageProgress[];
}
