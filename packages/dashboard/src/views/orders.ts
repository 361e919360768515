import type { InstanceDetail } from "@fettle/engine";
import { html } from "hono/html";
import type { Html } from "./mark.ts";
import { instanceUrl } from "./view.ts";

/** What a person may order beside a retry and a signal: an answer where one is asked for, another state, an end. */
export function orderButtons(it: InstanceDetail, states: readonly string[]): Html {
  if (it.status === "done") return html``;
  return html`${it.held?.kind === "ask" && answerButtons(it)} ${pauseButton(it)} ${moveButton(it, states)} ${cancelButton(it)}`;
}

/** A pause of more than this instance is taken back where it was laid down: `fettle rules`. */
function pauseButton({ machine, key, held }: InstanceDetail): Html {
  if (held?.kind === "pause" && held.rule !== null) {
    return html`<button type="button" data-act="post" data-key="p" data-url="/api/v1/rules/${held.rule}/end" data-title="Resume ${key}"
      data-say="${held.say}. It goes on at once." data-do="Resume" data-done="Resumed ${key}">Resume…<kbd>p</kbd></button>`;
  }
  const body = JSON.stringify({ kind: "pause", selector: { machine, key } });
  return html`<button type="button" data-act="post" data-key="p" data-url="/api/v1/rules" data-body="${body}" data-title="Pause ${key}"
    data-say="The handler that runs comes to its outcome, and none after it." data-do="Pause" data-done="Paused ${key}">Pause…<kbd>p</kbd></button>`;
}

function answerButtons({ machine, key, held }: InstanceDetail): Html {
  const url = `/api/v1${instanceUrl({ machine, key })}`;
  return html`<button type="button" class="primary" data-act="post" data-url="${url}/approve" data-title="Approve ${key}"
      data-say="${key} may then enter ${held?.wants}." data-do="Approve" data-done="Approved ${key}">Approve…</button>
    <button type="button" data-act="post" data-url="${url}/refuse" data-title="Refuse ${key}"
      data-say="${key} does not enter ${held?.wants}, and takes the way out that ${machine} declares." data-do="Refuse" data-done="Refused ${key}">Refuse…</button>`;
}

function moveButton({ machine, key, state }: InstanceDetail, states: readonly string[]): Html {
  return html`<button type="button" data-act="post" data-url="/api/v1${instanceUrl({ machine, key })}/move" data-title="Move ${key}"
      data-say="Its handler in ${state} is aborted, and what that answers is void." data-fields="move-fields" data-do="Move" data-done="Moves ${key}">Move…</button>
    <template id="move-fields"><label>To <select name="state">${states
      .filter((each) => each !== state)
      .map((each) => html`<option value="${each}">${each}</option>`)}</select></label></template>`;
}

function cancelButton({ machine, key, state }: InstanceDetail): Html {
  return html`<button type="button" data-act="post" data-url="/api/v1${instanceUrl({ machine, key })}/cancel" data-title="Cancel ${key}"
    data-say="Ends its run in ${state}. Nothing of ${machine} runs for it any more, its cleanup neither." data-do="End it" data-done="Cancels ${key}">Cancel…</button>`;
}
