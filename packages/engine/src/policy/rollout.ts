import { FettleError } from "../error.ts";
import type { Duration } from "../machine/duration.ts";
import type { Edit } from "./edit.ts";

/** What is done to each: `name` is the state to move to, or the signal; `payload` is what goes with it. */
export type RolloutAct =
  | { readonly kind: "retry" | "cancel" }
  | { readonly kind: "move"; readonly name: string; readonly payload?: Readonly<Record<string, unknown>> | undefined }
  | { readonly kind: "edit"; readonly payload: Edit }
  | { readonly kind: "signal"; readonly name: string; readonly payload?: unknown }
  /** Begins a new run of those that are done: with this input, or with the data that the last run ended with. */
  | { readonly kind: "start"; readonly payload?: Readonly<Record<string, unknown>> | undefined };

export type Share = `${number}%`;

/** How fast it goes, and what stops it. */
export interface Pace {
  /** So many at first, and twice as many in each stage after that. Default: a tenth, at least 1 and at most 15. */
  readonly first?: number | undefined;
  /** From the end of a stage until it is judged. Default 1m. */
  readonly gap?: Duration | undefined;
  /** It halts where more than this of those acted upon are stuck or failing. Default 5%. */
  readonly haltAt?: Share | undefined;
}

/** How those fare whose turn has come, by their state now. */
export interface StageProgress {
  readonly stage: number;
  /** Acted upon: waiting, fine or failed. */
  readonly acted: number;
  /** The act is on its way to them. */
  readonly waiting: number;
  /** Stuck or failing since, or the act was refused. */
  readonly failed: number;
  /** Not acted upon: another run by then, or no longer what was selected. */
  readonly passed: number;
}

/** The first stage of a rollout to so many. */
export function firstStage(total: number): number {
  return Math.max(1, Math.min(15, Math.ceil(total / 10)));
}

/**
 * Why a rollout should go no further, or undefined: more than `haltAt` of those acted upon in the stages after `accepted` have failed.
 * Who has not obeyed after all the time that a stage is given has failed too.
 */
export function haltReason(stages: readonly StageProgress[], accepted: number, haltAt: Share): string | undefined {
  const judged = stages.filter(({ stage }) => stage > accepted);
  const [acted, failed, waiting] = [sum(judged, "acted"), sum(judged, "failed"), sum(judged, "waiting")];
  if (failed + waiting <= acted * fractionOf(haltAt)) return undefined;
  const parts = [failed > 0 && `${failed} stuck or failing`, waiting > 0 && `${waiting} that did not obey`].filter(Boolean);
  return `${parts.join(" and ")} of ${acted} acted upon, more than ${haltAt}`;
}

export function sum(stages: readonly StageProgress[], field: Exclude<keyof StageProgress, "stage">): number {
  return stages.reduce((total, stage) => total + stage[field], 0);
}

export function isShare(text: string): text is Share {
  return /^(\d{1,2}(\.\d+)?|100)%$/.test(text);
}

/** A share as a number from 0 to 1. Throws BAD_INPUT. */
export function fractionOf(text: string): number {
  if (isShare(text)) return Number(text.slice(0, -1)) / 100;
  throw new FettleError("BAD_INPUT", `Cannot read "${text}" as a share`, { fix: "Write it as in 5%, up to 100%", retryable: false });
}
