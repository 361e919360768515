import { html } from "hono/html";
import type { Html } from "./mark.ts";

/** A command line that does what the view shows, to copy. Its words are quoted for a POSIX shell. */
export function command(...words: readonly string[]): Html {
  const line = words.map(quoted).join(" ");
  return html`<p class="command"><code>${line}</code><button type="button" class="plain" data-copy="${line}">Copy<span class="sr"> ${line}</span></button></p>`;
}

function quoted(word: string): string {
  return /^[\w./:@%+=,-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
