import { morph } from "./morph.js";
import { setClock, tellTimes } from "./time.js";

/** How often the view is read anew at most, while things change. */
const gap = 700;
/** The server beats each 5 s; a silence of this long means that it is frozen, or that the connection is a ghost. */
const silence = 12_000;

let source;
let reading;
let again = false;
let cutOff;
let heard = Date.now();

/**
 * Keeps the view true: the server tells that something was committed, and the same address is read again and merged in.
 * A hidden tab lets go of its connection: a browser has only six for one address.
 */
export function goLive() {
  connect();
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) source?.close();
    else {
      connect();
      void refresh();
    }
  });
  document.addEventListener("click", ({ target }) => {
    if (target.closest("[data-show-new]")) void showNew();
  });
  setInterval(() => {
    if (!document.hidden && Date.now() - heard > silence) {
      goStale("fettle is silent");
      connect();
    }
    tellStale();
  }, 1000);
}

function connect() {
  source?.close();
  const opened = new EventSource("/api/v1/live");
  source = opened;
  heard = Date.now();
  const hear = (event, act) =>
    opened.addEventListener(event, ({ data }) => {
      heard = Date.now();
      act(data);
    });
  hear("changes", refresh);
  hear("beat", refresh);
  hear("away", (data) => goStale(JSON.parse(data).message));
  opened.addEventListener("error", () => {
    goStale("fettle does not answer");
    // After an answer that is no stream the browser gives up; we do not.
    if (source === opened && opened.readyState === EventSource.CLOSED) setTimeout(connect, 2000);
  });
}

/** Reads the view anew and merges it in; calls meanwhile are one more reading, after a gap. Never throws: a failed reading is told as stale. */
export async function refresh() {
  if (reading) {
    again = true;
    return reading;
  }
  reading = read();
  await reading;
  await new Promise((resolve) => setTimeout(resolve, gap));
  reading = undefined;
  if (again) {
    again = false;
    void refresh();
  }
}

async function read(release = false) {
  try {
    const response = await fetch(location.href, { headers: { accept: "text/html" }, signal: AbortSignal.timeout(silence) });
    if (response.status === 503) return goStale("the store is away");
    merge(new DOMParser().parseFromString(await response.text(), "text/html"), release);
  } catch (error) {
    goStale(`fettle does not answer (${error.message})`);
  }
}

function merge(fresh, release) {
  document.documentElement.classList.remove("stale");
  cutOff = undefined;
  document.title = fresh.title;
  document.body.dataset.now = fresh.body.dataset.now;
  setClock(fresh.body);
  tellTimes(fresh);
  let waiting = 0;
  // Under an open sheet the view stays as it was when the question was asked.
  const parts = document.querySelector("dialog[open]") ? ["#as-of", "nav"] : ["#as-of", "nav", "main"];
  for (const part of parts) waiting += morph(document.querySelector(part), fresh.querySelector(part), release);
  offer(waiting);
  announce();
}

function offer(waiting) {
  let button = document.querySelector("[data-show-new]");
  if (waiting === 0) return button?.remove();
  if (!button) {
    button = Object.assign(document.createElement("button"), { type: "button", className: "new" });
    button.dataset.showNew = "";
    document.body.append(button);
  }
  button.innerHTML = `${waiting} new<kbd>.</kbd>`;
}

/** Lets what waits into the lists, though they are in use. */
export async function showNew() {
  await reading;
  await read(true);
}

let needed;

/** One line for a screen reader when the number of things that need a person changes. */
function announce() {
  const needs = document.querySelector("nav .badge")?.firstChild.data ?? "0";
  if (needed !== undefined && needed !== needs) say(needs === "0" ? "Nothing needs you" : `${needs} need you`);
  needed = needs;
}

export function say(words) {
  const said = document.querySelector("#said");
  said.textContent = words;
  said.classList.add("shown");
  setTimeout(() => said.textContent === words && said.classList.remove("shown"), 4000);
}

function goStale(why) {
  cutOff ??= { since: heard, why };
  cutOff.why = why;
  document.documentElement.classList.add("stale");
  tellStale();
}

function tellStale() {
  if (!cutOff) return;
  const seen = new Date(document.body.dataset.now).toLocaleTimeString("en-GB");
  const seconds = Math.round((Date.now() - cutOff.since) / 1000);
  document.querySelector("[data-as-of]").textContent = `As of ${seen}; ${cutOff.why}, for ${seconds}s; trying again`;
}
