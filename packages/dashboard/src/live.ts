import { type Client, failureOf } from "@fettle/engine";
import type { Context } from "hono";
import { type SSEStreamingApi, streamSSE } from "hono/streaming";

const poll = 500;
const beat = 5000;

/**
 * Server-sent events of what is committed, until the reader or the server goes.
 *
 * | event | data | when |
 * | --- | --- | --- |
 * | `changes` | what `client.changes` answers; its `last` is the event's id, from which a reader that was cut off goes on | something was committed: at most 1,000 entries each half second |
 * | `away` | the failure | the store does not answer; asked again each half second |
 * | `beat` | the instant | at once and every 5 s while all is well: what changes without a commit (a lease, a deadline) is worth another look |
 */
export function live(c: Context, client: Client, closing: AbortSignal): Response {
  const resume = c.req.header("last-event-id") ?? c.req.query("after");
  return streamSSE(c, async (stream) => {
    const gone = new AbortController();
    stream.onAbort(() => gone.abort());
    await tell(stream, client, resume, AbortSignal.any([gone.signal, closing]));
  });
}

async function tell(stream: SSEStreamingApi, client: Client, after: string | undefined, over: AbortSignal): Promise<void> {
  let last = after;
  let beaten = Number.NEGATIVE_INFINITY;
  while (!over.aborted) {
    try {
      const changes = await client.changes(last);
      last = changes.last;
      if (changes.entries.length > 0) await stream.writeSSE({ event: "changes", id: last, data: JSON.stringify(changes) });
      if (performance.now() - beaten >= beat) {
        await stream.writeSSE({ event: "beat", data: new Date().toISOString() });
        beaten = performance.now();
      }
    } catch (error) {
      await stream.writeSSE({ event: "away", data: JSON.stringify(failureOf(error)) });
      beaten = Number.NEGATIVE_INFINITY;
    }
    await pause(poll, over);
  }
}

/** Resolves after `ms` or as soon as it is over. */
function pause(ms: number, over: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const finish = () => {
      clearTimeout(timer);
      over.removeEventListener("abort", finish);
      resolve();
    };
    const timer = setTimeout(finish, ms);
    over.addEventListener("abort", finish);
  });
}
