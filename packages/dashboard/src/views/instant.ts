import { spell } from "@fettle/engine";
import { html } from "hono/html";
import type { Html } from "./mark.ts";

/** `9m ago` or `in 12s`; the browser keeps it true, and tells the whole date on hover, in local time. */
export function relative(instant: string, now: Date): Html {
  const ms = Date.parse(instant) - now.getTime();
  const words = ms > 0 ? `in ${spell(ms)}` : `${spell(-ms)} ago`;
  return html`<time datetime="${instant}" data-tell="relative" title="${instant}">${words}</time>`;
}

/** `9m`: how long it has lasted. */
export function lasting(instant: string, now: Date): Html {
  const words = spell(Math.max(0, now.getTime() - Date.parse(instant)));
  return html`<time datetime="${instant}" data-tell="lasting" title="${instant}">${words}</time>`;
}

/** `11:02:31`, with the date where it is not today; UTC until the browser tells it in local time. */
export function clock(instant: string): Html {
  return html`<time datetime="${instant}" data-tell="clock" title="${instant}">${instant.slice(11, 19)}</time>`;
}
