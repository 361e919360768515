import { FettleError, milliseconds, planWays, testedBefore } from "@fettle/engine";
import type { Config } from "./config.ts";

/** What is about pages and times in the config. Throws BAD_CONFIG, BAD_DURATION. */
export function checkPaging({ pager, pagerRepeat, pagerTest, heartbeat, idle, keepHistory }: Config): void {
  if (pager !== undefined) {
    if (typeof pager !== "function" && !Array.isArray(pager)) {
      refuse("pager is neither a list of ways nor a function", "Write pager: [slack({ … })], or pager: async (page) => { … }");
    }
    planWays(pager);
  }
  for (const span of [pagerRepeat, idle, keepHistory]) if (span !== undefined) milliseconds(span);
  if (pagerTest !== undefined) testedBefore(pagerTest, new Date());
  if (heartbeat === undefined) return;
  milliseconds(heartbeat.every);
  if (!URL.canParse(heartbeat.url)) refuse("heartbeat.url is no address", "Give it from the environment, and see that the variable is set");
}

const shortestSecret = 16;

/** Throws BAD_CONFIG, which never tells the secret. */
export function checkAlerts(alerts: Config["alerts"]): void {
  if (alerts === undefined) return;
  if (typeof alerts.secret !== "string" || alerts.secret.length < shortestSecret) {
    const fix = "Give it from the environment, as in secret: process.env.ALERTS_SECRET; openssl rand -hex 32 makes one";
    refuse(`alerts.secret is absent or shorter than ${shortestSecret} characters`, fix);
  }
  const fix = 'Write rules: [{ match: { alertname: "…" }, start: { machine: "…", key: "instance" } }]';
  if (!Array.isArray(alerts.rules)) refuse("alerts.rules is no list", fix);
  for (const [index, rule] of alerts.rules.entries()) {
    const target = rule?.start ?? rule?.signal;
    if (rule?.match && typeof target?.machine === "string" && target.key) continue;
    refuse(`alerts.rules[${index}] lacks match, or a start or signal with machine and key`, fix);
  }
}

function refuse(problem: string, fix: string): never {
  throw new FettleError("BAD_CONFIG", `Cannot use the config: ${problem}`, { fix });
}
