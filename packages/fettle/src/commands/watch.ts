import { setTimeout as sleep } from "node:timers/promises";
import { type Client, FettleError, type Filter, type HistoryEntry } from "@fettle/engine";
import type { Setup } from "../config/load.ts";
import { connectRunning } from "../connect/connect.ts";
import { circumstances, event, historyRows } from "../output/history-rows.ts";
import { instanceRows } from "../output/instance-rows.ts";
import { clock } from "../output/instants.ts";
import { terminalWidth } from "../output/output.ts";
import { dim, red } from "../output/paint.ts";
import { Screen } from "../output/screen.ts";
import { alignedTable, cut, plain, tabbedTable } from "../output/table.ts";
import { type Call, type Command, textOf } from "./command.ts";
import { filterOf, labelOption, machineOption, refOf } from "./selector.ts";

/** Milliseconds between looks. */
const interval = 500;

export const watch: Command = {
  name: "watch",
  about: "Follow instances as they move, until Ctrl-C",
  args: [{ usage: "[key]", about: "only this one" }],
  options: [labelOption, machineOption],
  examples: ["fettle watch", "fettle watch -l region=eu", "fettle watch prod-7 --json"],
  async run(call) {
    const setup = await call.setup();
    const key = textOf(call.args.key);
    const ref = key === undefined ? {} : refOf(key, setup.machines, textOf(call.options.machine));
    const filter = { ...filterOf(call, []), ...ref };
    const view = call.out.terminal && !call.out.json ? onScreen(filter) : inPipe(call, filter);
    return follow(setup, call.abort, view);
  },
};

interface View {
  look(client: Client): Promise<void>;
  /** The store cannot be had at the moment. */
  away(error: FettleError): void;
}

/** Looks again and again, and connects anew when what it looks through goes away: `fettle up` may be started again elsewhere. */
async function follow(setup: Setup, abort: AbortSignal, view: View): Promise<never> {
  let client: Client | undefined = await connectRunning(setup);
  try {
    for (;;) {
      try {
        client ??= await connectRunning(setup);
        await view.look(client);
      } catch (error) {
        if (!(error instanceof FettleError) || error.code !== "STORE_AWAY") throw error;
        view.away(error);
        await client?.[Symbol.asyncDispose]();
        client = undefined;
      }
      await sleep(interval, undefined, { signal: abort });
    }
  } finally {
    await client?.[Symbol.asyncDispose]();
  }
}

function inPipe(call: Call, filter: Filter): View {
  const changes = changesOf(filter);
  let isAway = false;
  let isFirst = true;
  return {
    async look(client) {
      for (const entry of await changes(client)) {
        process.stdout.write(`${call.out.json ? JSON.stringify(entry) : tabbedTable(historyRows([entry], { terminal: false, now: 0 }))}\n`);
      }
      if (isFirst) call.out.say("Watching from now on; Ctrl-C ends");
      if (isAway) call.out.say("The store is back");
      isFirst = false;
      isAway = false;
    },
    away(error) {
      if (!isAway) call.out.say(`${error.message}; trying again`);
      isAway = true;
    },
  };
}

function onScreen(filter: Filter): View {
  const changes = changesOf(filter);
  const screen = new Screen();
  let recent: HistoryEntry[] = [];
  let lines: string[] = [];
  let asOf = Date.now();
  return {
    async look(client) {
      recent = [...recent, ...(await changes(client))].slice(-5);
      const listing = await client.list({ ...filter, limit: screen.rows });
      asOf = Date.now();
      const rows = instanceRows(listing.instances.slice(0, Math.max(1, screen.rows - recent.length - 5)), { terminal: true, now: asOf });
      const hidden = listing.total - rows.length;
      lines = [
        ...(rows.length > 0 ? alignedTable(rows, terminalWidth()).split("\n") : ["Nothing matches yet"]),
        ...(hidden > 0 ? [dim(`and ${hidden.toLocaleString("en-US")} more`)] : []),
        "",
        ...recent.map((entry) => cut(changeLine(entry, asOf), terminalWidth())),
      ];
      screen.draw([...lines, dim(`As of ${clock(new Date(asOf).toISOString(), asOf)}. Ctrl-C ends.`)]);
    },
    away(error) {
      const told = `As of ${clock(new Date(asOf).toISOString(), Date.now())}. ${error.message}; trying again`;
      screen.draw([...lines, red(cut(plain(told), terminalWidth()))]);
    },
  };
}

function changeLine(entry: HistoryEntry, now: number): string {
  return `${dim(clock(entry.at, now))}  ${plain(entry.key)}  ${event(entry)}  ${dim(plain(circumstances(entry)))}`;
}

/** What was committed since the last call and matches. */
function changesOf(filter: Filter): (client: Client) => Promise<HistoryEntry[]> {
  const isWanted = membership(filter);
  let last: string | undefined;
  return async (client) => {
    const news = await client.changes(last);
    last = news.last;
    const wanted: HistoryEntry[] = [];
    for (const entry of news.entries) {
      if (await isWanted(client, entry)) wanted.push(entry);
    }
    return wanted;
  };
}

/** History knows no labels: whether a run has them is asked once. */
function membership({ machine, key, labels }: Filter): (client: Client, entry: HistoryEntry) => Promise<boolean> {
  const known = new Map<string, boolean>();
  return async (client, entry) => {
    if ((machine !== undefined && entry.machine !== machine) || (key !== undefined && entry.key !== key)) return false;
    if (labels === undefined) return true;
    const run = JSON.stringify([entry.machine, entry.key, entry.run]);
    const before = known.get(run);
    if (before !== undefined) return before;
    const { total } = await client.list({ machine: entry.machine, key: entry.key, labels, limit: 1 });
    known.set(run, total > 0);
    return total > 0;
  };
}
