import { type FieldChange, type HistoryEntry, spell } from "@fettle/engine";
import { html } from "hono/html";
import { clock } from "./instant.ts";
import type { Html } from "./mark.ts";
import { rolloutUrl } from "./view.ts";

/** Newest first; failed attempts of one visit to a state are folded into one row. */
export function history(entries: readonly HistoryEntry[]): Html {
  if (entries.length === 0) return html`<p class="quiet">Nothing yet.</p>`;
  return html`<div class="wide"><table class="rows history">
    <thead><tr><th>At</th><th>What</th><th class="number">Took</th><th>By</th><th>Why</th></tr></thead>
    <tbody data-list>${fold(entries).map(row)}</tbody>
  </table></div>`;
}

/** Neighbours that failed in the same visit, together; everything else alone. */
function fold(entries: readonly HistoryEntry[]): readonly (readonly [HistoryEntry, ...HistoryEntry[]])[] {
  const groups: [HistoryEntry, ...HistoryEntry[]][] = [];
  for (const entry of entries) {
    const group = groups.at(-1);
    const [first] = group ?? [];
    const same = first?.kind === "failed" && entry.kind === "failed" && first.run === entry.run && first.step === entry.step;
    if (group && same) group.push(entry);
    else groups.push([entry]);
  }
  return groups;
}

function row(group: readonly [HistoryEntry, ...HistoryEntry[]]): Html {
  const [entry, ...earlier] = group;
  // The oldest of a group names its row, so that one more failure changes the row in place.
  const name = group.at(-1)?.id ?? entry.id;
  return html`<tr data-row="${name}" class="${entry.kind}">
    <td>${clock(entry.at)}</td>
    <td>${what(entry)}${earlier.length > 0 && folded(earlier)}</td>
    <td class="number">${entry.took === null ? "" : spell(entry.took)}</td>
    <td>${entry.by}</td>
    <td>${why(entry)}</td>
  </tr>`;
}

function folded(entries: readonly HistoryEntry[]): Html {
  return html`<details><summary>and ${entries.length} before it</summary>
    <ul>${entries.map((one) => html`<li>${clock(one.at)} ${what(one)}</li>`)}</ul></details>`;
}

/** What a rollout has done names it at the end. */
function why({ why: said }: HistoryEntry): Html {
  const [, words, name] = /^(.*) \(rollout (.+)\)$/s.exec(said) ?? [];
  return name === undefined ? html`${said}` : html`${words} <a href="${rolloutUrl(name)}">rollout ${name}</a>`;
}

function spellChange({ field, ...change }: FieldChange): string {
  const side = (name: "before" | "after") => (name in change ? JSON.stringify(change[name]) : "absent");
  return `${field}: ${side("before")} → ${side("after")}`;
}

function what(entry: HistoryEntry): Html {
  const { kind, from, to, attempt, error, run, signal } = entry;
  const failure = error && html`: ${error.message} <code>${error.code}</code>`;
  switch (kind) {
    case "started":
      return html`Started${run > 1 && ` run ${run}`} in <b>${to ?? from}</b>`;
    case "moved":
      return html`${from} <span aria-hidden="true">→</span><span class="sr">to</span> <b>${to}</b>`;
    case "failed":
      return html`<span class="failing">Attempt ${attempt} failed</span> in ${from ?? to}${failure}`;
    case "stuck":
      return html`<span class="stuck">Stuck</span> in ${from ?? to}${failure}`;
    case "done":
      return html`<span class="done">Done</span> in ${from ?? to}`;
    case "took":
      return html`Took the signal <b>${signal}</b>`;
    case "retried":
      return html`Retried in ${from ?? to}`;
    case "migrated":
      return html`Migrated from an older version${to && html` to <b>${to}</b>`}`;
    case "edited":
      return html`Edited ${(entry.edits ?? []).map((change) => html`<code>${spellChange(change)}</code> `)}`;
    case "held":
      return html`<span class="failing">Held</span> in ${from}: ${error?.message}`;
    case "cancelled":
      return html`<span class="done">Cancelled</span> in ${from}`;
    case "paused":
      return html`Paused in ${from}`;
    case "resumed":
      return html`Resumed in ${from}`;
    case "refused":
      return html`<span class="failing">Refused</span>${failure}`;
    default:
      return kind satisfies never;
  }
}
