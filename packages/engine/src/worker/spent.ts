import type { InstanceRow } from "../store/change.ts";

/** Messages that have nothing more to say: to a run that is done, or to one before the present one, such as the end of a child that nobody waits for. */
export function spentIn({ id: instance, run, status, inbox }: InstanceRow): { id: number; instance: number }[] {
  return inbox.filter((message) => status === "done" || message.run !== run).map(({ id }) => ({ id, instance }));
}
