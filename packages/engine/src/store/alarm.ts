import type { Severity } from "../machine/machine.ts";
import type { Session } from "./session.ts";

/** Something about fettle itself that needs a person. */
export interface Alarm {
  readonly cause: string;
  /** What it is about: a part of fettle, and a name in it. */
  readonly part: string;
  readonly name: string;
  readonly code: string;
  readonly say: string;
  readonly severity: Severity;
}

/** Puts it on the attention list and pages, once until it is calmed. */
export async function raiseAlarm(session: Session, alarm: Alarm): Promise<void> {
  await session.query(
    `with raised as (
       insert into fettle.attention (slot, instance, cause, kind, machine, key, state, code, say, severity)
       values (0, 0, $1, 'engine', $2, $3, 'failing', $4, $5, $6)
       on conflict (slot, instance, cause) do nothing
       returning cause, severity, say, machine, key
     )
     insert into fettle.page (cause, severity, say, machine, key, count) select cause, severity, say, machine, key, 1 from raised
     on conflict (cause) where resolved is null do update set count = page.count + 1, say = excluded.say, last = clock_timestamp()`,
    [alarm.cause, alarm.part, alarm.name, alarm.code, alarm.say, alarm.severity],
  );
}

/** Its page is resolved at the next look. */
export async function calmAlarm(session: Session, cause: string): Promise<void> {
  await session.query("delete from fettle.attention where slot = 0 and instance = 0 and cause = $1", [cause]);
}
