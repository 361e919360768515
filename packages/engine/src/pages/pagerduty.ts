import type { Notice, Way } from "../worker/way.ts";
import { checkSecret, checkUrl, post } from "./post.ts";
import { sentence } from "./sentence.ts";

export interface PagerDutyOptions {
  /** The integration key of an Events API v2 integration. It is a secret. */
  readonly routingKey: string | undefined;
  /** Names this fettle in the incident. Default `fettle`. */
  readonly source?: string | undefined;
  /** Default: PagerDuty's own; the service region EU has another one. */
  readonly url?: string | undefined;
  /** Default `pagerduty`. */
  readonly name?: string | undefined;
}

/**
 * Pages as incidents: https://developer.pagerduty.com/docs/send-alert-event. The token is the dedup key, so a delivery that is made twice is
 * one incident. A page that calls anew after an acknowledgement ends the former incident and triggers another: PagerDuty calls nobody
 * for one that is acknowledged. Throws BAD_CONFIG.
 */
export function pagerduty(options: PagerDutyOptions): Way {
  const { routingKey, source = "fettle", url = "https://events.pagerduty.com/v2/enqueue", name = "pagerduty" } = options;
  const address = checkUrl(name, url);
  const key = checkSecret(name, "routingKey", routingKey);
  const enqueue = (event: object, abort: AbortSignal) =>
    post({ to: name, url: address, body: JSON.stringify({ routing_key: key, ...event }) }, abort);
  return {
    name,
    async tell(notice, abort) {
      const { act, token, formerToken } = notice;
      if (formerToken !== undefined) await enqueue({ event_action: "resolve", dedup_key: formerToken }, abort);
      if (act === "acknowledge" || act === "resolve") return enqueue({ event_action: act, dedup_key: token }, abort);
      await enqueue({ event_action: "trigger", dedup_key: token, payload: payloadOf(notice, source) }, abort);
      // A test proves the way, and leaves nothing open.
      if (act === "test") await enqueue({ event_action: "resolve", dedup_key: token }, abort);
    },
  };
}

/** A summary has at most 1,024 characters. */
function payloadOf(notice: Notice, source: string): object {
  const { id, machine, key, cause, say, count, victims, opened, severity } = notice.page;
  return {
    summary: sentence(notice).slice(0, 1024),
    source,
    severity,
    timestamp: opened,
    component: key,
    group: machine,
    class: cause,
    custom_details: { page: id, say, count, victims },
  };
}
