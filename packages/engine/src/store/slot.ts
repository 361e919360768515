import { createHash } from "node:crypto";

/** Instances hash into this many slots, for ever. */
export const slots = 4096;
/** Workers lease ranges of this many neighbouring slots. */
export const slotsPerRange = 64;
export const ranges = slots / slotsPerRange;

/**
 * An id is a number that grows with each instance * 4,096 + its slot: the slot is read off it, and in an index by id those that were
 * started together lie together, as their rows do in the table. All are under 2^53.
 */
export function idOf(slot: number, number: number): number {
  return number * slots + slot;
}

/** The first 12 bits of md5, which Postgres can work out too. */
export function slotOf(machine: string, key: string): number {
  return Number.parseInt(createHash("md5").update(`${machine} ${key}`).digest("hex").slice(0, 3), 16);
}

export function slotOfId(id: number): number {
  return id % slots;
}

export function rangeOfId(id: number): number {
  return Math.floor(slotOfId(id) / slotsPerRange);
}
