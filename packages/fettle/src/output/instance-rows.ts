import type { Held, InstanceSummary } from "@fettle/engine";
import { ago, ahead } from "./instants.ts";
import { bold, dim, green, red, yellow } from "./paint.ts";
import type { Row } from "./table.ts";

/**
 * Instances as rows: on a terminal for the eye, else for a program, with the same eight columns always:
 * key, machine, state, since, next (an instant, `stuck` or `done`), error code, note, what holds it.
 */
export function instanceRows(instances: readonly InstanceSummary[], { terminal, now }: { terminal: boolean; now: number }): Row[] {
  if (!terminal) return instances.map(programRow);
  const noted = instances.some((instance) => instance.note !== null);
  return instances.map((instance) => eyeRow(instance, now, noted));
}

/** What happens next to an instance, and when, in a few words. */
export function next(instance: InstanceSummary, now: number): string {
  if (instance.status === "done") return "done";
  if (instance.status === "stuck") return "● stuck: waits for a person";
  if (instance.held) return heldText(instance.held, now);
  if (watches(instance, now)) return "looks again within 1m";
  const attempt = instance.attempt > 0 ? `${attemptOf(instance)}, ` : "";
  return `${attempt}${instance.due === null ? "on a signal" : ahead(instance.due, now)}`;
}

/** Why it may not go on: `held: 1 of 1 are in promoting, 2nd in line`. */
export function heldText({ say, position, until }: Held, now: number): string {
  const place = position === null ? "" : `, number ${position} in the line`;
  return `■ held: ${say}${place}${until === null ? "" : `; ends ${ahead(until, now)}`}`;
}

/** Waits of up to a minute are not written: of what was due a while ago and has not failed, the store does not know when it looks again. */
function watches({ due, attempt }: InstanceSummary, now: number): boolean {
  return attempt === 0 && due !== null && now - Date.parse(due) > 2000;
}

/** Paints a text as its instance is: stuck, failing, running or done. */
export function paintOf({ status, attempt, held }: Pick<InstanceSummary, "status" | "attempt" | "held">): (text: string) => string {
  if (status === "stuck") return red;
  if (status === "done") return dim;
  return attempt > 0 || held ? yellow : green;
}

/** The attempt that comes: `attempt 3 of 5`. */
function attemptOf({ attempt, attempts }: InstanceSummary): string {
  return attempts === null ? `attempt ${attempt + 1}` : `attempt ${attempt + 1} of ${attempts}`;
}

function eyeRow(instance: InstanceSummary, now: number, noted: boolean): Row {
  const paint = paintOf(instance);
  return {
    KEY: bold(instance.key),
    MACHINE: instance.machine,
    STATE: paint(instance.state),
    SINCE: ago(instance.since, now),
    NEXT: instance.status === "running" && instance.attempt === 0 && !instance.held ? dim(next(instance, now)) : paint(next(instance, now)),
    ERROR: instance.error ? paint(instance.error.code) : "",
    ...(noted && { NOTE: instance.note ?? "" }),
  };
}

function programRow(instance: InstanceSummary): Row {
  return {
    KEY: instance.key,
    MACHINE: instance.machine,
    STATE: instance.state,
    SINCE: instance.since,
    NEXT: instance.status === "running" ? (instance.due ?? "") : instance.status,
    ERROR: instance.error?.code ?? "",
    NOTE: instance.note ?? "",
    HELD: instance.held?.kind ?? "",
  };
}
