import { setTimeout as sleep } from "node:timers/promises";
import type { Client, Delivery, Page } from "@fettle/engine";
import { connectRunning } from "../connect/connect.ts";
import { type ExitCode, exit } from "../exit.ts";
import { type Call, textOf } from "./command.ts";

/** A delivery is given up after ten seconds and tried again after five: by then the first two attempts have told. */
const patience = 30_000;

/** Has a running worker send a test through every way, and says which it went through. Ends with 1 when it did not through one. */
export async function pagesTest(call: Call): Promise<ExitCode> {
  await using client = await connectRunning(await call.setup());
  const via = textOf(call.options.via);
  const { id } = await client.testPager({ via, by: call.by, why: "" });
  const page = await settled(client, id, call.abort);
  call.out.table(page.deliveries.toSorted((a, b) => a.via.localeCompare(b.via)).map(row), page);
  const failed = page.deliveries.filter(({ delivered }) => delivered === null);
  if (failed.length === 0) call.out.say("Every way works. Look whether it reached you");
  else call.out.say(`${failed.map(({ via }) => via).join(" and ")} ${failed.length === 1 ? "does" : "do"} not work`);
  return failed.length === 0 ? exit.done : exit.failed;
}

/** The page once each way has taken its test or refused it, or when there was time enough. */
async function settled(client: Client, id: number, abort: AbortSignal): Promise<Page> {
  const until = Date.now() + patience;
  for (;;) {
    const page = (await client.pages({ all: true })).find((each) => each.id === id);
    if (!page) throw new Error(`BUG: the page ${id} of the test is not among the newest`);
    if (page.deliveries.every(isSettled) || Date.now() > until) return page;
    await sleep(200, undefined, { signal: abort });
  }
}

function isSettled({ delivered, error }: Delivery): boolean {
  return delivered !== null || error !== null;
}

function row({ via, delivered, error }: Delivery) {
  return {
    VIA: via,
    RESULT: delivered === null ? "failed" : "works",
    ERROR: error ?? (delivered === null ? "no worker has tried it yet" : ""),
  };
}
