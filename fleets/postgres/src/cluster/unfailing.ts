import { FettleError, type Outcome } from "@fettle/engine";
import type { ClusterVisit } from "./visit.ts";

/** Failures in a row after which a person hears of it. */
const tooMany = 5;
export const retry = { attempts: tooMany + 1, first: "200ms", cap: "2s" } as const;

/**
 * A watcher that is stuck watches nothing, so its failures call a person and it goes on. The handler may have asked for
 * nothing before it fails: signals it took would be consumed by the wait.
 */
export async function unfailing<Next extends string>(
  it: ClusterVisit<Next>,
  handle: (it: ClusterVisit<Next>) => Promise<Outcome<Next>>,
): Promise<Outcome<Next>> {
  try {
    return await handle(it);
  } catch (error) {
    if (it.abort.aborted || it.attempt < tooMany) throw error;
    const { message } = error instanceof Error ? error : new FettleError("HANDLER_FAILED", String(error));
    it.log(`failed ${tooMany} times, and goes on: ${message}`);
    it.page({ severity: "critical", say: `${it.data.name} cannot be watched: ${message}`, cause: `watch:${it.data.name}` });
    return it.wait("5s");
  }
}
