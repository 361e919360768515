import { rangeOfId } from "../store/slot.ts";
import { Schedule } from "./schedule.ts";

/**
 * The schedules of the ranges that a worker holds. What is set for a range that it does not hold is not kept: whoever takes the
 * range reads its schedule from the store. What is due is taken range by range, so that a commit, which names one range, carries
 * many changes, and of rows that lie beside each other.
 */
export class Agenda {
  readonly #schedules = new Map<number, Schedule>();

  admit(range: number, instances: readonly { readonly id: number; readonly due: number }[]): void {
    const schedule = new Schedule();
    for (const { id, due } of instances) schedule.set(id, due);
    this.#schedules.set(range, schedule);
  }

  drop(range: number): void {
    this.#schedules.delete(range);
  }

  clear(): void {
    this.#schedules.clear();
  }

  set(id: number, due: number): void {
    this.#schedules.get(rangeOfId(id))?.set(id, due);
  }

  /** Moves an instance forward, never back. */
  hasten(id: number, due: number): void {
    this.#schedules.get(rangeOfId(id))?.hasten(id, due);
  }

  delete(id: number): void {
    this.#schedules.get(rangeOfId(id))?.delete(id);
  }

  /** Takes at most `most` ids that are due, from the range that has waited longest, then from the next. */
  takeDue(now: number, most: number): number[] {
    const ids: number[] = [];
    while (ids.length < most) {
      const schedule = this.#first();
      if (!schedule || schedule.next() > now) break;
      ids.push(...schedule.takeDue(now, most - ids.length));
    }
    return ids;
  }

  /** The earliest due time; Infinity when there is none. */
  next(): number {
    return this.#first()?.next() ?? Number.POSITIVE_INFINITY;
  }

  #first(): Schedule | undefined {
    let first: Schedule | undefined;
    for (const schedule of this.#schedules.values()) if (schedule.next() < (first?.next() ?? Number.POSITIVE_INFINITY)) first = schedule;
    return first;
  }
}
