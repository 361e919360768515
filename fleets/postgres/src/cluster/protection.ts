import { nobody } from "../server/config.ts";
import type { Sync } from "./topology.ts";

/** What is decided and what is seen of a cluster's redundancy. */
export interface Redundancy {
  readonly sync: Sync;
  readonly electable: readonly string[];
  /** The members for which the primary waits, as it says. */
  readonly awaited: readonly string[];
  /** Ready members that stream from the primary and live on their host. */
  readonly following: readonly string[];
  /** Members that do not follow, and are not merely between two connections. */
  readonly gone: readonly string[];
  /** Those of them whose lag is within what may be lost; all of them where replication is synchronous. */
  readonly near: readonly string[];
}

export type Step =
  | { readonly kind: "keep" }
  /** Commit who may become primary. */
  | { readonly kind: "elect"; readonly electable: readonly string[] }
  /** Tell the primary whose copy it must wait for. */
  | { readonly kind: "await"; readonly members: readonly string[] }
  /** See the member apply a fresh commit of this primary, then do the next step. */
  | { readonly kind: "prove"; readonly member: string; readonly next: Extract<Step, { kind: "elect" | "await" }> }
  /** See that no commit is acknowledged any more without one of `members`, and that one has all before; then do the next step. */
  | { readonly kind: "settle"; readonly members: readonly string[]; readonly next: Extract<Step, { kind: "elect" }> };

/**
 * The next step towards redundancy. What must hold between any two steps, or an acknowledged commit can be lost:
 * (1) while electable is not empty, each acknowledged commit is on one of them at least (and an election asks all of them);
 * (2) the primary waits for none that is not electable, once electable is not empty;
 * (3) it never waits for a member that has not been seen to apply this primary's commits: a diverged copy acknowledges everything.
 *
 * | change                  | first                     | then                | last            |
 * | ----------------------- | ------------------------- | ------------------- | --------------- |
 * | the first member comes  | prove it                  | wait for it, settle | make it electable |
 * | another comes           | prove it                  | make it electable   | wait for it too |
 * | one of several goes     | wait for the rest, settle | rest electable      |                 |
 * | the last goes, preferred| nobody electable          | wait for nobody     |                 |
 * | the last goes, strict   | (writes wait for it)      |                     |                 |
 */
export function nextStep(seen: Redundancy): Step {
  if (seen.sync === "off") return asynchronous(seen);
  if (seen.electable.length === 0) return unprotected(seen);
  const isSound = seen.awaited.length > 0 && seen.awaited.every((member) => seen.electable.includes(member));
  // Somebody else has changed what the primary waits for: by (1), nobody can be trusted to have everything.
  if (!isSound) return { kind: "elect", electable: [] };
  const staying = seen.electable.filter((member) => !seen.gone.includes(member));
  if (staying.length === 0) return seen.sync === "strict" ? { kind: "keep" } : { kind: "elect", electable: [] };
  if (staying.length < seen.electable.length) return shrink(seen, staying);
  return grow(seen);
}

function asynchronous(seen: Redundancy): Step {
  if (seen.awaited.length > 0) return { kind: "await", members: [] };
  const kept = seen.electable.filter(
    (member) => !seen.gone.includes(member) && (seen.near.includes(member) || !seen.following.includes(member)),
  );
  if (kept.length < seen.electable.length) return { kind: "elect", electable: kept };
  const newcomer = seen.near.find((member) => !seen.electable.includes(member));
  if (newcomer === undefined) return { kind: "keep" };
  return { kind: "prove", member: newcomer, next: { kind: "elect", electable: [...seen.electable, newcomer] } };
}

function unprotected(seen: Redundancy): Step {
  const [candidate] = seen.following.toSorted((one, other) => Number(seen.awaited.includes(other)) - Number(seen.awaited.includes(one)));
  if (candidate === undefined) return alone(seen);
  if (same(seen.awaited, [candidate])) return { kind: "settle", members: [candidate], next: { kind: "elect", electable: [candidate] } };
  return { kind: "prove", member: candidate, next: { kind: "await", members: [candidate] } };
}

/** Nobody is there to wait for: preferred goes on, strict holds writes until somebody is. */
function alone(seen: Redundancy): Step {
  if (seen.sync === "strict") return seen.awaited.length > 0 ? { kind: "keep" } : { kind: "await", members: [nobody] };
  return seen.awaited.length > 0 ? { kind: "await", members: [] } : { kind: "keep" };
}

function shrink(seen: Redundancy, staying: readonly string[]): Step {
  if (!same(seen.awaited, staying)) return { kind: "await", members: staying };
  return { kind: "settle", members: staying, next: { kind: "elect", electable: staying } };
}

function grow(seen: Redundancy): Step {
  const newcomer = seen.following.find((member) => !seen.electable.includes(member));
  if (newcomer !== undefined) {
    return { kind: "prove", member: newcomer, next: { kind: "elect", electable: [...seen.electable, newcomer] } };
  }
  return same(seen.awaited, seen.electable) ? { kind: "keep" } : { kind: "await", members: seen.electable };
}

function same(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((member) => other.includes(member));
}
