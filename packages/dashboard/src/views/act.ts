import type { Cause, InstanceDetail, Page } from "@fettle/engine";
import { html } from "hono/html";
import type { Html } from "./mark.ts";
import { instanceUrl, plural } from "./view.ts";

// Each button carries what the sheet says before the act, and what is posted after a reason is given. The key works where the button is seen.

export function acknowledgeButton(page: Page): Html {
  return html`<button type="button" data-act="post" data-key="a" data-url="/api/v1/pages/${page.id}/acknowledge"
    data-title="Acknowledge" data-say="“${page.say}”: you take it on. Your note is shown to the others, and the page stays open until its cause is gone."
    data-do="Acknowledge" data-done="Acknowledged">Acknowledge<kbd>a</kbd></button>`;
}

export function retryButton({ machine, key, state, status }: Pick<InstanceDetail, "machine" | "key" | "state" | "status">): Html {
  if (status === "done") return html`<button type="button" disabled title="Its run is done">Retry now</button>`;
  return html`<button type="button" data-act="post" data-key="r" data-url="/api/v1${instanceUrl({ machine, key })}/retry"
    data-title="Retry ${key}" data-say="Runs ${state} of ${machine} now, with attempts counted anew."
    data-do="Retry" data-done="Retried ${key}">Retry now<kbd>r</kbd></button>`;
}

/** Retries everything that one cause holds, one instance after the other. */
export function retryAllButton({ machine, state, code, count, examples }: Cause): Html {
  return html`<button type="button" data-act="retry-all" data-key="r" data-machine="${machine}" data-state="${state}" data-code="${code}"
    data-title="Retry ${plural(count, "instance")}"
    data-say="Retries ${plural(count, "instance")} of ${machine} in ${state} (${examples.join(", ")}${count > examples.length ? ", …" : ""})."
    data-do="Retry ${count.toLocaleString("en")}">Retry all ${count.toLocaleString("en")}<kbd>r</kbd></button>`;
}

/** A signal the machine takes; `bare` ones have no payload. */
export interface Signal {
  readonly name: string;
  readonly bare: boolean;
}

export function signalButton(
  { machine, key, status }: Pick<InstanceDetail, "machine" | "key" | "status">,
  signals: readonly Signal[],
): Html {
  const reason = status === "done" ? "Its run is done" : signals.length === 0 ? "Its machine takes no signals" : undefined;
  if (reason) return html`<button type="button" disabled title="${reason}">Signal…</button>`;
  return html`<button type="button" data-act="post" data-key="s" data-url="/api/v1${instanceUrl({ machine, key })}/signals"
    data-title="Signal ${key}" data-say="The signal is kept at once, and taken when a handler asks for it." data-fields="signal-fields"
    data-do="Send" data-done="Signal sent to ${key}">Signal…<kbd>s</kbd></button>
    <template id="signal-fields">
      <label>Signal <select name="signal">${signals.map(({ name, bare }) => html`<option value="${name}"${bare && " data-bare"}>${name}</option>`)}</select></label>
      <label>Payload, as JSON <textarea name="payload" rows="3" spellcheck="false" placeholder='{"candidate": "db-2"}'></textarea></label>
    </template>`;
}
