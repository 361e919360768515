import { type Client, FettleError, type Page } from "@fettle/engine";
import { exit } from "../exit.ts";
import { ago, ahead } from "../output/instants.ts";
import { bold, dim, red, yellow } from "../output/paint.ts";
import type { Row } from "../output/table.ts";
import { type Call, type Command, textOf } from "./command.ts";
import { isNamesOnly, namesOption } from "./names-only.ts";
import { pagesTest } from "./pages-test.ts";

export const pages: Command = {
  name: "pages",
  about: "List the calls for a person; show what was told of one; test the way to the pager",
  args: [{ usage: "[page]", about: "the number of one, or the word test" }],
  options: [{ flags: "--all", about: "those that are resolved too" }, { flags: "--via <name>", about: "test this way only" }, namesOption],
  examples: [
    "fettle pages",
    "fettle pages 12",
    "fettle pages test --via slack",
    "fettle pages --all --json",
    "fettle pages -o name | xargs fettle ack --note 'I am on it'",
  ],
  async run(call) {
    const word = textOf(call.args.page);
    if (word === "test") return pagesTest(call);
    if (call.options.via !== undefined) {
      throw new FettleError("USAGE", "Cannot use --via: it is for a test", { fix: "Write fettle pages test --via NAME" });
    }
    const client = await call.client();
    return word === undefined ? list(call, client) : show(call, client, word);
  },
};

async function list(call: Call, client: Client) {
  const names = isNamesOnly(call);
  const found = await client.pages({ all: call.options.all === true });
  const now = Date.now();
  const rows = () => found.map((page) => (call.out.terminal ? eyeRow(page, now) : programRow(page)));
  if (names) call.out.result(found, found.map(({ id }) => String(id)).join("\n"));
  else call.out.table(rows(), found);
  if (!call.out.json) call.out.say(summary(found));
  return exit.done;
}

/** What was told of one page, to whom and when. */
async function show(call: Call, client: Client, word: string) {
  const page = (await client.pages({ all: true })).find(({ id }) => String(id) === word);
  if (!page) {
    throw new FettleError("NO_SUCH_PAGE", `Cannot show page ${word}: there is none of that number`, {
      fix: "List them: fettle pages --all",
    });
  }
  const now = Date.now();
  const rows = page.deliveries.map(({ at, via, act, attempts, delivered, due, error }) => ({
    AT: call.out.terminal ? ago(at, now) : at,
    VIA: via,
    TOLD: act,
    ATTEMPTS: String(attempts),
    RESULT: delivered !== null ? "delivered" : due === null ? "given up" : "to be tried again",
    ERROR: error ?? "",
  }));
  if (!call.out.json) call.out.say(`${page.severity}, ${statusText(page, now)}: ${page.say}`);
  call.out.table(rows, page);
  return exit.done;
}

function summary(found: readonly Page[]): string {
  const open = found.filter((page) => page.resolved === null);
  if (open.length === 0) return "No page is open";
  const waiting = open.find((page) => page.acknowledged === null);
  return `${open.length} open.${waiting ? ` Acknowledge: fettle ack ${waiting.id}` : " All are acknowledged"}`;
}

const paints = { critical: red, warning: yellow, info: (text: string) => text };

function eyeRow(page: Page, now: number): Row {
  return {
    PAGE: bold(String(page.id)),
    SEVERITY: paints[page.severity](page.severity),
    OPENED: ago(page.opened, now),
    COUNT: String(page.count),
    FIRST: `${page.machine}/${page.key}`,
    SAYS: page.say,
    STATUS: statusText(page, now),
  };
}

function statusText({ acknowledged, resolved, suppressedBy, next }: Page, now: number): string {
  if (resolved !== null) return dim(`resolved ${ago(resolved, now)}`);
  if (acknowledged !== null) {
    return `${acknowledged.by}, ${ago(acknowledged.at, now)}${acknowledged.note === "" ? "" : `: ${acknowledged.note}`}`;
  }
  if (suppressedBy !== null) return dim(`held back by ${suppressedBy}`);
  return `${red("● nobody yet")}${next ? `, calls ${next.via.join(" and ")} ${ahead(next.at, now)}` : ""}`;
}

function programRow(page: Page): Row {
  return {
    PAGE: String(page.id),
    SEVERITY: page.severity,
    OPENED: page.opened,
    COUNT: String(page.count),
    MACHINE: page.machine,
    KEY: page.key,
    SAYS: page.say,
    ACKNOWLEDGED: page.acknowledged?.at ?? "",
    BY: page.acknowledged?.by ?? "",
    RESOLVED: page.resolved ?? "",
  };
}
