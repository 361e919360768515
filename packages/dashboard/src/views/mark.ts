import type { Failure, Held, Severity, Status } from "@fettle/engine";
import { html } from "hono/html";

export type Html = ReturnType<typeof html>;

interface Marked {
  readonly state: string;
  readonly status: Status;
  readonly error?: Failure | null;
  readonly held?: Held | null;
}

/** An instance's state as shape, word and colour, so that none of the three is needed to read it. */
export function stateMark({ state, status, error, held }: Marked): Html {
  if (status === "stuck") return mark("stuck", "●", html`${state} <span class="tag">stuck</span>`);
  if (status === "done") return mark("done", "✓", html`${state}<span class="sr">, done</span>`);
  if (held) return mark("failing", "■", html`${state} <span class="tag">${held.kind === "pause" ? "paused" : "held"}</span>`);
  if (error) return mark("failing", "▲", html`${state} <span class="tag">retrying</span>`);
  return mark("running", "○", html`${state}`);
}

export function severityMark(severity: Severity): Html {
  const shape = { critical: "◆", warning: "▲", info: "○" }[severity];
  return mark(severity, shape, html`${severity}`);
}

function mark(kind: string, shape: string, words: Html): Html {
  return html`<span class="mark ${kind}"><span class="shape" aria-hidden="true">${shape}</span>${words}</span>`;
}
