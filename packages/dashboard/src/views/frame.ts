import type { Failure } from "@fettle/engine";
import { html, raw } from "hono/html";
import { clock } from "./instant.ts";
import type { Html } from "./mark.ts";
import { sheets } from "./sheets.ts";
import type { Place, View } from "./view.ts";

export interface Around {
  /** How many causes wait for a person; null when the store does not say. */
  readonly needs: number | null;
  readonly environment: string;
  readonly person: string;
  readonly now: Date;
}

const places: readonly { readonly place: Place; readonly url: string; readonly name: string; readonly key: string }[] = [
  { place: "attention", url: "/", name: "Attention", key: "a" },
  { place: "instances", url: "/instances", name: "Instances", key: "i" },
  { place: "rollouts", url: "/rollouts", name: "Rollouts", key: "o" },
  { place: "machines", url: "/machines", name: "Machines", key: "m" },
  { place: "pages", url: "/pages", name: "Pages", key: "p" },
];

/** A whole document around a view. */
export function frame(view: View, around: Around): Html {
  const { needs, environment, person, now } = around;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${needs ? `(${needs}) ` : ""}${view.title} · fettle</title>
<link rel="icon" href="/assets/icon.svg">
<link rel="stylesheet" href="/assets/base.css">
<link rel="stylesheet" href="/assets/frame.css">
<link rel="stylesheet" href="/assets/views.css">
<link rel="stylesheet" href="/assets/narrow.css" media="(max-width: 760px)">
<script src="/assets/theme.js"></script>
<script type="module" src="/assets/fettle.js"></script>
</head>
<body data-now="${now.toISOString()}" data-person="${person}" data-up="${view.up ?? ""}">
<a class="skip" href="#main">Skip to the view</a>
<header>
  <a class="name" href="/">fettle</a>${environment && html`<span class="environment${/^prod/i.test(environment) && " production"}">${environment}</span>`}
  <form class="filter" action="/instances" role="search"><label class="sr" for="filter">Filter instances</label>
    <input id="filter" name="filter" value="${view.filter ?? ""}" placeholder="state=fencing -l region=eu" autocomplete="off" spellcheck="false">
    <kbd aria-hidden="true">/</kbd></form>
  <p class="as-of" id="as-of"><span class="dot" aria-hidden="true"></span><span data-as-of>as of ${clock(now.toISOString())}</span></p>
  <button type="button" class="plain" data-toggle-theme title="Light or dark (t)"><span aria-hidden="true">◐</span><span class="sr">Light or dark</span></button>
  <button type="button" class="plain" data-show-keys title="Keys (?)"><span aria-hidden="true">?</span><span class="sr">Keys</span></button>
  <span class="person" title="Acts are recorded under this name">${person}</span>
</header>
<nav aria-label="Views">${places.map(
    ({ place, url, name, key }) =>
      html`<a href="${url}" title="g ${key}"${raw(place === view.place ? ' aria-current="page"' : "")}>${name}${
        place === "attention" && needs ? html` <span class="badge">${needs}<span class="sr"> need you</span></span>` : ""
      }</a>`,
  )}</nav>
<main id="main" tabindex="-1">${view.body}</main>
<p id="said" class="said" role="status" aria-live="polite"></p>
${sheets()}
</body>
</html>`;
}

/** What stands in place of a view that could not be made. */
export function problem(failure: Failure, place: Place): View {
  return {
    title: failure.code,
    place,
    up: "/",
    body: html`<section class="problem" role="alert">
      <h1>${failure.message}</h1>
      ${failure.fix && html`<p class="fix">${failure.fix}</p>`}
      <p class="quiet"><code>${failure.code}</code></p>
      <p><a class="button" href="">Try again</a></p>
    </section>`,
  };
}
