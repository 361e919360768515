import { deadlineChanges } from "../machine/deadline.ts";
import type { Machine } from "../machine/machine.ts";
import type { Session } from "./session.ts";

/** Lets SQL callers start these machines and signal them. A worker of older code leaves what a newer one has said. */
export async function registerMachines(session: Session, machines: readonly Machine[]): Promise<void> {
  const rows = machines.map((machine) => ({
    name: machine.name,
    version: machine.version,
    start: machine.start,
    deadlines: deadlineChanges(machine, undefined, machine.start).arm,
    signals: Object.keys(machine.signals),
  }));
  await session.query(
    `insert into fettle.machine as m (name, version, start, deadlines, signals)
     select * from jsonb_to_recordset($1::jsonb) as r (name text, version int, start text, deadlines jsonb, signals text[]) order by r.name
     on conflict (name) do update set version = excluded.version, start = excluded.start, deadlines = excluded.deadlines, signals = excluded.signals
     where m.version <= excluded.version
       and (m.version, m.start, m.deadlines, m.signals) is distinct from (excluded.version, excluded.start, excluded.deadlines, excluded.signals)`,
    [JSON.stringify(rows)],
  );
}
