import { type Client, FettleError, type Page } from "@fettle/engine";
import { exit } from "../exit.ts";
import { type Command, textOf, textsOf } from "./command.ts";
import { each, sayRefused } from "./each.ts";
import { dryRunOption } from "./why.ts";

export const ack: Command = {
  name: "ack",
  about: "Acknowledge pages: somebody is on it",
  args: [{ usage: "<page...>", about: "their numbers, from fettle pages" }],
  options: [{ flags: "--note <note>", about: "for the others" }, { flags: "--why <note>", about: "the same" }, dryRunOption],
  examples: ["fettle ack 12", "fettle ack 12 13 --note 'switch sw-4; I am on it'"],
  async run(call) {
    const ids = textsOf(call.args.page).map(pageNumber);
    const client = await call.client();
    const open = await findOpen(client, ids);
    if (call.options.dryRun === true) {
      call.out.result({ dryRun: true, pages: open }, open.map((page) => `Would acknowledge ${page.id}: ${page.say}`).join("\n"));
      return exit.done;
    }
    const note = { by: call.by, why: textOf(call.options.note) ?? textOf(call.options.why) ?? "" };
    const { done, refused } = await each(open, call.abort, ({ id }) => client.acknowledge(id, note));
    call.out.result(done, done.map((page) => `Acknowledged ${page.id}: ${page.say}`).join("\n"));
    return sayRefused(call, refused, done.length);
  },
};

function pageNumber(text: string): number {
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new FettleError("USAGE", `Cannot read "${text}" as a page: pages have numbers`, { fix: "List them: fettle pages" });
}

/** Every page must be open before one is acknowledged: a mistyped list is mended, not half done. */
async function findOpen(client: Client, ids: readonly number[]): Promise<Page[]> {
  const pages = await client.pages({ all: false });
  return [...new Set(ids)].map((id) => {
    const page = pages.find((each) => each.id === id);
    if (page) return page;
    throw new FettleError("NO_SUCH_PAGE", `Cannot acknowledge page ${id}: no open page has that number`, {
      fix: "List the open ones: fettle pages",
    });
  });
}
