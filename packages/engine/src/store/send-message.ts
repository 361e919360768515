import type { CommandKind } from "./change.ts";
import type { Session } from "./session.ts";
import { slotOf } from "./slot.ts";

export interface Message {
  readonly machine: string;
  readonly key: string;
  readonly kind: "signal" | CommandKind | "approve" | "refuse";
  readonly name: string | null;
  /** JSON. */
  readonly payload: string | null;
  readonly by: string;
  readonly why: string;
}

/** Puts a message into the inbox of a run; false when the run is done or was never started. */
export async function sendMessage(session: Session, message: Message): Promise<boolean> {
  const rows = await session.query("select instance::float8 from fettle.send_to($1::int, $2, $3, $4, $5, $6, $7, $8)", [
    slotOf(message.machine, message.key),
    message.machine,
    message.key,
    message.kind,
    message.name,
    message.payload,
    message.by,
    message.why,
  ]);
  return rows.length > 0;
}
