import type { Indexed } from "../cdx/indexed.ts";
import { replayPath } from "./archived-url.ts";
import { detailsOf } from "./find-capture.ts";
import { dateOf } from "./memento.ts";
import type { PageList } from "./page-list.ts";
import { escapeHtml } from "./rewrite-tag.ts";

/** What stands above the list. */
export interface ArchiveSummary {
  readonly files: readonly string[];
  readonly captures: number;
  readonly pages: number;
}

/** The list of pages as HTML. All text in it comes from archives and is escaped. */
export function viewPages(summary: ArchiveSummary, list: PageList, query: { readonly url: string; readonly from: string }): string {
  const heading = summary.files.length === 1 ? nameOf(summary.files[0] ?? "") : `${count(summary.files.length)} archives`;
  return document(
    heading,
    `<header><h1>${escapeHtml(heading)}</h1><p>${count(summary.pages)} pages, ${count(summary.captures)} captures</p>
<form action="/" role="search"><label for="url">URL begins with</label><input id="url" name="url" type="search" value="${escapeHtml(query.url)}" placeholder="example.com/news" spellcheck="false" autocapitalize="none"><button>Show</button></form></header>
<main>${list.pages.length === 0 ? empty(query.url) : table(list.pages)}</main>
${turning(list, query)}`,
  );
}

/** What a browser shows where something cannot be replayed. */
export function viewFailure(title: string, explanation: string): string {
  return document(
    title,
    `<main class="failure"><h1>${escapeHtml(title)}</h1><p>${escapeHtml(explanation)}</p><p><a href="/">All pages</a></p></main>`,
  );
}

function table(pages: readonly Indexed[]): string {
  return `<table><thead><tr><th scope="col">Page</th><th scope="col">Captured</th><th scope="col">Status</th></tr></thead><tbody>${pages.map(row).join("\n")}</tbody></table>`;
}

function row({ url = "", timestamp, status, others }: Indexed): string {
  const { title } = detailsOf({ urlkey: "", timestamp, ...(others && { others }) });
  const address = `<span class="url">${escapeHtml(shown(url))}</span>`;
  const link = `<a href="${escapeHtml(replayPath(timestamp, url))}">${title === undefined ? address : `<bdi>${escapeHtml(title)}</bdi>${address}`}</a>`;
  const time = dateOf(timestamp).toISOString().slice(0, 19);
  const isFailure = status !== undefined && status >= 400;
  return `<tr><td>${link}</td><td><time datetime="${time}Z">${time.replace("T", " ")}</time></td><td${isFailure ? ' class="bad"' : ""}>${status ?? "–"}</td></tr>`;
}

function empty(url: string): string {
  const said = url === "" ? "There is no page in this archive: nothing in it is HTML." : `No page begins with ${escapeHtml(url)}.`;
  return `<p class="empty">${said}</p>`;
}

function turning({ next }: PageList, { url, from }: { readonly url: string; readonly from: string }): string {
  const links = [
    ...(from === "" ? [] : [`<a href="/?${escapeHtml(new URLSearchParams({ url }).toString())}">First pages</a>`]),
    ...(next === undefined
      ? []
      : [`<a rel="next" href="/?${escapeHtml(new URLSearchParams({ url, from: next }).toString())}">Next pages</a>`]),
  ];
  return links.length === 0 ? "" : `<nav aria-label="Parts of the list">${links.join("")}</nav>`;
}

function document(title: string, body: string): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark">
<title>${escapeHtml(title)}</title><link rel="stylesheet" href="/style.css"></head>
<body>${body}</body></html>
`;
}

function shown(url: string): string {
  return url.length > 200 ? `${url.slice(0, 199)}…` : url;
}

function nameOf(path: string): string {
  return path.split("/").at(-1) ?? path;
}

function count(number: number): string {
  return number.toLocaleString("en");
}

/** Of the list: a table where there is room, and a list of cards where there is not. */
export const style = `:root{color-scheme:light dark;--ink:light-dark(#1c1e21,#e6e7ea);--quiet:light-dark(#5b6270,#9aa1ad);--line:light-dark(#e1e4e9,#2b3038);--paper:light-dark(#fff,#14171b);--accent:light-dark(#0b5cad,#7db8f5);--bad:light-dark(#a32222,#ff9a8f)}
*{box-sizing:border-box}
body{margin:0 auto;padding:1.5rem 1.25rem 3rem;max-width:68rem;font:15px/1.45 system-ui,sans-serif;color:var(--ink);background:var(--paper)}
header{display:grid;gap:.15rem;margin-bottom:1.25rem}
h1{font-size:1.3rem;margin:0;overflow-wrap:anywhere}
p{margin:0;color:var(--quiet)}
form{display:flex;flex-wrap:wrap;align-items:center;gap:.5rem;margin-top:.9rem}
label{color:var(--quiet)}
input{flex:1 1 14rem;min-width:0}
input,button{font:inherit;color:inherit;background:transparent;border:1px solid var(--quiet);border-radius:6px;padding:.35rem .6rem}
button{cursor:pointer;padding-inline:1rem}
a{color:var(--accent);text-decoration:none}
a:hover bdi,a:hover .url:only-child,nav a:hover{text-decoration:underline}
:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
table{width:100%;border-collapse:collapse;font-variant-numeric:tabular-nums}
th{text-align:left;font-weight:600;font-size:.85rem;color:var(--quiet)}
th,td{padding:.45rem .75rem .45rem 0;border-bottom:1px solid var(--line);vertical-align:top}
td:nth-child(2),td:nth-child(3){white-space:nowrap;color:var(--quiet)}
th:last-child,td:last-child{text-align:right;padding-right:0}
td.bad{color:var(--bad);font-weight:600}
td a{display:block;overflow-wrap:anywhere}
bdi{display:block}
bdi+.url{font-size:.85rem;color:var(--quiet)}
nav{display:flex;gap:1.5rem;padding-top:1rem}
.empty{padding:2rem 0}
.failure{padding-top:3rem;display:grid;gap:.75rem}
@media (max-width:40rem){thead{position:absolute;clip-path:inset(50%)}tr{display:grid;grid-template-columns:1fr auto;border-bottom:1px solid var(--line);padding:.6rem 0;gap:.1rem .75rem}td{border:0;padding:0}td:first-child{grid-column:1/-1}td:nth-child(2){font-size:.85rem}}
`;
