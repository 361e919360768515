import type { Client } from "@fettle/engine";
import type { Call } from "./command.ts";

/** What was asked for is kept, but waits for a worker: that must be said, else it looks as if nothing happened. */
export async function sayIfNobodyWorks(call: Call, client: Client, otherwise: string): Promise<void> {
  if (call.out.json) return;
  const workers = await client.workers();
  call.out.say(workers.length > 0 ? otherwise : "No worker runs: it goes on when one does (fettle up)");
}
