import { createHash } from "node:crypto";

/** Instances hash into this many slots, for ever. */
export const slots = 4096;
/** Workers lease ranges of this many neighbouring slots. */
export const slotsPerRange = 64;
export const ranges = slots / slotsPerRange;

/** An id is slot * 2^41 + a number: its slot is read off it, and ids of a slot are neighbours. All are under 2^53. */
const idsPerSlot = 2 ** 41;

/** The first 12 bits of md5, which Postgres can work out too. */
export function slotOf(machine: string, key: string): number {
  return Number.parseInt(createHash("md5").update(`${machine} ${key}`).digest("hex").slice(0, 3), 16);
}

export function slotOfId(id: number): number {
  return Math.floor(id / idsPerSlot);
}

export function rangeOfId(id: number): number {
  return Math.floor(slotOfId(id) / slotsPerRange);
}

/** Rows lie in the table in the order of this number, whatever their slot. */
export function arrivalOf(id: number): number {
  return id % idsPerSlot;
}
