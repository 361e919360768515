import { rangeOfId } from "../store/slot.ts";
import type { Intake } from "./intake.ts";
import { Schedule } from "./schedule.ts";

/** Why an instance is moved forward: a person's command goes before messages, and both before what is merely due. */
export type Urgency = "person" | "message";

/**
 * What is due when, of the ranges that a worker holds. What is set for a range that it does not hold is not kept: whoever takes the
 * range reads its schedule from the store. Machines take turns, so that the backlog of one does not keep the others waiting, and
 * what was woken by a message has half of each turn at most.
 */
export class Agenda {
  readonly #ranges = new Set<number>();
  readonly #commanded = new Schedule();
  readonly #woken = new Schedule();
  readonly #machines = new Map<string, Schedule>();
  #turn = 0;

  /** Those with a near deadline that are due run before the rest. */
  admit(ranges: readonly number[], { urgent, machines }: Intake): void {
    for (const range of ranges) this.#ranges.add(range);
    this.#woken.addAll(urgent);
    for (const [machine, schedule] of machines) {
      const known = this.#machines.get(machine);
      if (known) known.addAll(schedule);
      else this.#machines.set(machine, schedule);
    }
  }

  drop(ranges: ReadonlySet<number>): void {
    for (const range of ranges) this.#ranges.delete(range);
    for (const schedule of this.#all()) schedule.retain((id) => !ranges.has(rangeOfId(id)));
  }

  clear(): void {
    this.#ranges.clear();
    for (const schedule of this.#all()) schedule.retain(() => false);
  }

  set(machine: string, id: number, due: number): void {
    if (!this.#ranges.has(rangeOfId(id))) return;
    this.#commanded.delete(id);
    this.#woken.delete(id);
    this.#scheduleOf(machine).set(id, due);
  }

  /** Makes an instance due now, before those that nobody has called. */
  hasten(id: number, now: number, urgency: Urgency): void {
    if (!this.#ranges.has(rangeOfId(id)) || this.#commanded.has(id)) return;
    // One with a near deadline lies there too, and may be due much later.
    if (urgency === "message" && this.#woken.dueOf(id) <= now) return;
    this.delete(id);
    (urgency === "person" ? this.#commanded : this.#woken).set(id, now);
  }

  delete(id: number): void {
    for (const schedule of this.#all()) schedule.delete(id);
  }

  /** Takes at most `most` ids that are due, in the order of their rows, so that a batch of them touches few pages. */
  takeDue(now: number, most: number): number[] {
    const ids = this.#commanded.takeDue(now, most);
    ids.push(...this.#woken.takeDue(now, Math.ceil((most - ids.length) / 2)));
    this.#takeTurns(now, most, ids);
    ids.push(...this.#woken.takeDue(now, most - ids.length));
    return ids.sort((one, other) => one - other);
  }

  #takeTurns(now: number, most: number, ids: number[]): void {
    let waiting = [...this.#machines.values()].filter((schedule) => schedule.next() <= now);
    this.#turn++;
    while (waiting.length > 0 && ids.length < most) {
      const share = Math.max(1, Math.floor((most - ids.length) / waiting.length));
      const first = this.#turn % waiting.length;
      for (const schedule of [...waiting.slice(first), ...waiting.slice(0, first)]) {
        ids.push(...schedule.takeDue(now, Math.min(share, most - ids.length)));
      }
      waiting = waiting.filter((schedule) => schedule.next() <= now);
    }
  }

  /** The earliest due time; Infinity when there is none. */
  next(): number {
    let next = Number.POSITIVE_INFINITY;
    for (const schedule of this.#all()) next = Math.min(next, schedule.next());
    return next;
  }

  #scheduleOf(machine: string): Schedule {
    const known = this.#machines.get(machine);
    if (known) return known;
    const schedule = new Schedule();
    this.#machines.set(machine, schedule);
    return schedule;
  }

  *#all(): Iterable<Schedule> {
    yield this.#commanded;
    yield this.#woken;
    yield* this.#machines.values();
  }
}
