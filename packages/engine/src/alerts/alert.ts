import { FettleError } from "../error.ts";
import type { Labels } from "../machine/machine.ts";

/** What a monitoring system says about one thing. */
export interface Alert {
  readonly status: "firing" | "resolved";
  readonly labels: Labels;
  readonly annotations: Labels;
  /** When it began, as RFC 3339; null when nobody says. */
  readonly startsAt: string | null;
}

/** The alerts in a body: Alertmanager's (`{ alerts: […] }`, https://prometheus.io/docs/alerting/latest/configuration/#webhook_config), or one alone. Throws BAD_INPUT. */
export function parseAlerts(body: unknown): readonly Alert[] {
  const alerts = isObject(body) && Array.isArray(body["alerts"]) ? body["alerts"] : [body];
  return alerts.map((alert, index) => parseAlert(alert, `alerts[${index}]`));
}

function parseAlert(value: unknown, where: string): Alert {
  if (!isObject(value)) throw refusal(where, "an object");
  const { status, labels, annotations = {}, startsAt = null } = value;
  if (status !== "firing" && status !== "resolved") throw refusal(`${where}.status`, "firing or resolved");
  if (!isTexts(labels)) throw refusal(`${where}.labels`, "an object of texts");
  if (!isTexts(annotations)) throw refusal(`${where}.annotations`, "an object of texts");
  const isInstant = typeof startsAt === "string" && !Number.isNaN(Date.parse(startsAt));
  if (startsAt !== null && !isInstant) throw refusal(`${where}.startsAt`, "an instant as in 2026-11-25T11:02:00Z");
  return { status, labels, annotations, startsAt: startsAt as string | null };
}

function refusal(where: string, expected: string): FettleError {
  return new FettleError("BAD_INPUT", `Cannot take the alert: ${where} is not ${expected}`, {
    fix: `Send { "status": "firing", "labels": { "alertname": "…" } }, or what Alertmanager sends`,
  });
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isTexts(value: unknown): value is Labels {
  return isObject(value) && Object.values(value).every((text) => typeof text === "string");
}
