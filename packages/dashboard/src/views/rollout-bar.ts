import { html } from "hono/html";
import type { Html } from "./mark.ts";

/** How the members of a rollout fare, or those of one of its stages. */
export interface Fates {
  readonly fine: number;
  readonly failed: number;
  readonly waiting: number;
  readonly passed: number;
  readonly rest: number;
}

const kinds: readonly (readonly [kind: keyof Fates, shape: string, words: string])[] = [
  ["fine", "✓", "fine"],
  ["failed", "●", "failed"],
  ["waiting", "▲", "on their way"],
  ["passed", "↷", "passed over"],
  ["rest", "○", "left"],
];

/** A bar of the outcomes, and the same in words, so that neither colour nor sight is needed. */
export function rolloutBar(fates: Fates): Html {
  return html`${bar(fates)}
    <ul class="fates">${kinds.map(
      ([kind, shape, words]) =>
        html`<li data-fate="${kind}"${fates[kind] === 0 && " data-none"}><span class="shape" aria-hidden="true">${shape}</span> <b>${fates[kind].toLocaleString("en")}</b> ${words}</li>`,
    )}</ul>`;
}

/** The bar alone, where the words stand beside it. */
export function bar(fates: Fates): Html {
  const total = kinds.reduce((sum, [kind]) => sum + fates[kind], 0) || 1;
  let at = 0;
  const parts = kinds.map(([kind]) => {
    const width = (fates[kind] / total) * 1000;
    const part = html`<rect data-fate="${kind}" x="${at.toFixed(1)}" width="${width.toFixed(1)}" height="10"></rect>`;
    at += width;
    return part;
  });
  return html`<svg class="rollout-bar" viewBox="0 0 1000 10" preserveAspectRatio="none" aria-hidden="true">${parts}</svg>`;
}
