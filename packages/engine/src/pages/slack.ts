import type { Notice, Way } from "../worker/way.ts";
import { checkUrl, post } from "./post.ts";
import { request, sentence } from "./sentence.ts";

export interface SlackOptions {
  /** Of an incoming webhook. It is a secret. */
  readonly url: string | undefined;
  /** Default `slack`. */
  readonly name?: string | undefined;
}

/** Pages as messages in a channel, through an incoming webhook: https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks. Throws BAD_CONFIG. */
export function slack({ url, name = "slack" }: SlackOptions): Way {
  const address = checkUrl(name, url);
  return { name, tell: (notice, abort) => post({ to: name, url: address, body: JSON.stringify(messageOf(notice)) }, abort) };
}

const shapes = { info: "ℹ️", warning: "⚠️", critical: "🔴" } as const;
const marks = { acknowledge: "👀", resolve: "✅", test: "🧪" } as const;

/** `text` is what a notification shows; the block shows the same, as plain text, so that nothing in it is taken for markup. */
function messageOf(notice: Notice): object {
  const { act, page } = notice;
  const mark = act === "open" || act === "repeat" ? shapes[page.severity] : marks[act];
  const lines = [`${mark} ${sentence(notice)}`, request(notice)].filter(Boolean).join("\n");
  return { text: escape(lines), blocks: [{ type: "section", text: { type: "plain_text", text: clip(lines, 3000) } }] };
}

/** The three characters that Slack asks to be escaped in text. */
function escape(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

function clip(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most - 1)}…` : text;
}
