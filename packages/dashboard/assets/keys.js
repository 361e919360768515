import { say, showNew } from "./live.js";

const places = { a: "/", i: "/instances", o: "/rollouts", m: "/machines", p: "/pages" };
let goes = false;

const simple = {
  "/": () => document.querySelector("#filter").select(),
  "?": () => document.querySelector("#keys").showModal(),
  ".": () => showNew(),
  j: () => step(1),
  k: () => step(-1),
  t: () => toggleTheme(),
  r: () => press("r"),
  s: () => press("s"),
  p: () => press("p"),
  a: () => press("a"),
  Escape: () => back(),
};

/** The keys that `?` lists; none inside a text field or a sheet, where only Esc means something. */
export function listenToKeys() {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
    if (event.target.matches("input, textarea, select")) {
      if (event.key === "Escape") event.target.blur();
      return;
    }
    const going = goes;
    goes = event.key === "g" && !going;
    const act = going ? Object.hasOwn(places, event.key) && (() => location.assign(places[event.key])) : simple[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });
  document.addEventListener("click", ({ target }) => {
    if (target.closest("[data-toggle-theme]")) toggleTheme();
    if (target.closest("[data-show-keys]")) document.querySelector("#keys").showModal();
  });
}

function step(by) {
  const links = [...document.querySelectorAll("[data-row] [data-open]")];
  const now = links.findIndex((link) => link.closest("[data-row]").contains(document.activeElement));
  const next = links[now === -1 ? (by > 0 ? 0 : links.length - 1) : Math.min(links.length - 1, Math.max(0, now + by))];
  next?.focus();
  next?.closest("[data-row]").scrollIntoView({ block: "nearest" });
}

/** The button of the row in focus; or the only one of the view. */
function press(key) {
  const row = document.activeElement.closest("[data-row]");
  const inRow = row?.querySelector(`button[data-key="${key}"]`);
  const all = document.querySelectorAll(`button[data-key="${key}"]`);
  const button = inRow ?? (all.length === 1 ? all[0] : undefined);
  if (button) button.click();
  else if (all.length > 1) say("Choose a row first, with j or k");
}

function back() {
  if (document.referrer.startsWith(`${location.origin}/`) && history.length > 1) history.back();
  else if (document.body.dataset.up) location.assign(document.body.dataset.up);
}

function toggleTheme() {
  const root = document.documentElement;
  const isDark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.theme = isDark ? "light" : "dark";
  localStorage.setItem("theme", root.dataset.theme);
}
