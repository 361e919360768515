import type { Page } from "@fettle/engine";
import { exit } from "../exit.ts";
import { ago } from "../output/instants.ts";
import { bold, dim, red, yellow } from "../output/paint.ts";
import type { Row } from "../output/table.ts";
import type { Command } from "./command.ts";
import { isNamesOnly, namesOption } from "./names-only.ts";

export const pages: Command = {
  name: "pages",
  about: "List the calls for a person",
  options: [{ flags: "--all", about: "those that are resolved too" }, namesOption],
  examples: ["fettle pages", "fettle pages --all --json", "fettle pages -o name | xargs fettle ack --why 'I am on it'"],
  async run(call) {
    const names = isNamesOnly(call);
    const client = await call.client();
    const found = await client.pages({ all: call.options.all === true });
    const now = Date.now();
    const rows = () => found.map((page) => (call.out.terminal ? eyeRow(page, now) : programRow(page)));
    if (names) call.out.result(found, found.map(({ id }) => String(id)).join("\n"));
    else call.out.table(rows(), found);
    if (!call.out.json) call.out.say(summary(found));
    return exit.done;
  },
};

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

function statusText({ acknowledged, resolved }: Page, now: number): string {
  if (resolved !== null) return dim(`resolved ${ago(resolved, now)}`);
  if (acknowledged === null) return red("● nobody yet");
  return `${acknowledged.by}, ${ago(acknowledged.at, now)}${acknowledged.note === "" ? "" : `: ${acknowledged.note}`}`;
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
