/** The two largest units of a span: `1m 40s`, `350ms`, `2h`. The same words as the server's. */
export function spell(ms) {
  if (ms < 1000) return `${Math.max(0, Math.round(ms))}ms`;
  const seconds = Math.floor(ms / 1000);
  if (seconds < 10) return `${(ms / 1000).toFixed(1).replace(/\.0$/, "")}s`;
  if (seconds < 60) return `${seconds}s`;
  if (seconds < 3600) return pair(seconds, 60, "m", "s");
  if (seconds < 86_400) return pair(Math.floor(seconds / 60), 60, "h", "m");
  return pair(Math.floor(seconds / 3600), 24, "d", "h");
}

function pair(small, ratio, large, rest) {
  const left = small % ratio;
  return `${Math.floor(small / ratio)}${large}${left ? ` ${left}${rest}` : ""}`;
}

// The server's clock decides: a laptop that is two minutes off must not say that things happen in the past.
let ahead = 0;

/** Takes the server's clock from the document that it just sent. */
export function setClock(body) {
  ahead = Date.parse(body.dataset.now) - Date.now();
}

/** Tells every time of the document: relative ones anew each second, clocks in local time. */
export function keepTime() {
  setClock(document.body);
  tellTimes();
  setInterval(tellTimes, 1000);
}

export function tellTimes(root = document) {
  if (document.documentElement.classList.contains("stale")) return;
  const now = Date.now() + ahead;
  for (const time of root.querySelectorAll("time[data-tell]")) tell(time, Date.parse(time.dateTime), now);
}

function tell(time, instant, now) {
  const words = wordsOf(time.dataset.tell, instant, now);
  if (time.textContent !== words) time.textContent = words;
  const whole = `${new Date(instant).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "medium" })} (${time.dateTime})`;
  if (time.title !== whole) time.title = whole;
}

function wordsOf(kind, instant, now) {
  if (kind === "clock") return clockOf(new Date(instant), new Date(now));
  // Under ten seconds, tenths that tick only once a second would pretend to be exact.
  const span = Math.abs(now - instant);
  const words = spell(span < 10_000 ? Math.floor(span / 1000) * 1000 || 1000 : span);
  if (kind === "lasting") return words;
  return instant > now ? `in ${words}` : `${words} ago`;
}

function clockOf(date, today) {
  const clock = date.toLocaleTimeString("en-GB");
  return date.toDateString() === today.toDateString() ? clock : `${date.toLocaleDateString("en-CA")} ${clock}`;
}
