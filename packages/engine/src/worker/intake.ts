import type { DueInstances } from "../store/load-schedule.ts";
import { Schedule } from "./schedule.ts";

/**
 * What is due when in ranges that are being taken over, while their schedule is read part by part. None of it runs before all of it is
 * there: what a part says of an instance is true only as long as nobody has run it since.
 */
export class Intake {
  /** Those with a near deadline. */
  readonly urgent = new Schedule();
  readonly machines = new Map<string, Schedule>();
  readonly #near: ReadonlySet<number>;

  constructor(near: readonly number[]) {
    this.#near = new Set(near);
  }

  add(part: readonly DueInstances[]): void {
    for (const { machine, ids, dues } of part) {
      const schedule = this.machines.get(machine) ?? new Schedule();
      this.machines.set(machine, schedule);
      ids.forEach((id, at) => {
        (this.#near.has(id) ? this.urgent : schedule).set(id, dues[at] as number);
      });
    }
  }
}
