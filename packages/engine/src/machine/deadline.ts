import { milliseconds } from "./duration.ts";
import type { Deadline, Machine, Severity } from "./machine.ts";

export interface ArmedDeadline {
  /** Its place in the machine's list. */
  readonly number: number;
  /** Milliseconds from now. */
  readonly within: number;
  readonly reach: string;
  readonly severity: Severity;
  readonly say: string;
  /** Milliseconds that progress puts it off by; null where it stands. */
  readonly by: number | null;
  /** Milliseconds from now beyond which nothing puts it off. */
  readonly most: number | null;
}

export interface DeadlineChanges {
  readonly arm: readonly ArmedDeadline[];
  readonly disarm: readonly number[];
  /** Those that are put off, where they are armed. */
  readonly extend: readonly number[];
}

const unchanged: DeadlineChanges = { arm: [], disarm: [], extend: [] };

/**
 * What a transition does to the deadlines: a state that one wants to see reached ends it, and entering one of its `in` states
 * from outside of them starts it. `from` is undefined at the start of a run, `to` at its end.
 */
export function deadlineChanges(machine: Machine, from: string | undefined, to: string | undefined): DeadlineChanges {
  if (machine.deadlines.length === 0) return unchanged;
  const arm: ArmedDeadline[] = [];
  const disarm: number[] = [];
  const extend: number[] = [];
  machine.deadlines.forEach((deadline, number) => {
    const reach = [deadline.reach].flat();
    if (to === undefined || reach.includes(to)) {
      if (from !== undefined) disarm.push(number);
      return;
    }
    const isIn = (state: string | undefined) => state !== undefined && (deadline.in ?? [state]).includes(state);
    if (isIn(to) && !isIn(from)) {
      const { by = null, most = null } = extension(deadline);
      arm.push({ number, within: milliseconds(deadline.within), reach: reach.join(" or "), ...deadline.page, by, most });
    } else if (deadline.extend) extend.push(number);
  });
  return { arm, disarm, extend };
}

/** The deadlines that `it.progress()` puts off, where they are armed. */
export function extendable(machine: Machine): number[] {
  return machine.deadlines.flatMap((deadline, number) => (deadline.extend ? [number] : []));
}

function extension({ extend }: Deadline): { by?: number; most?: number } {
  return extend ? { by: milliseconds(extend.by), most: milliseconds(extend.most) } : {};
}

/** The cause that an overdue deadline is paged under: one page for all instances of the machine that are late by the same one. */
export function deadlineCause(machine: string, number: number): string {
  return `deadline:${machine}:${number}`;
}
