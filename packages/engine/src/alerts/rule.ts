import type { Client, InstanceDetail } from "../client/client.ts";
import type { Ref } from "../client/request.ts";
import { FettleError } from "../error.ts";
import type { Labels } from "../machine/machine.ts";
import type { Alert } from "./alert.ts";

interface Target {
  readonly machine: string;
  /** The name of the label that holds the key, or a function that makes it. */
  readonly key: string | ((alert: Alert) => string);
}

interface Common {
  /** Labels that the alert must have, or a function that decides. */
  readonly match: Labels | ((alert: Alert) => boolean);
  /** The signal that tells the instance that the alert is over. */
  readonly resolved?: string;
}

/** What an alert does: it starts an instance, or signals one. */
export type AlertRule =
  | (Common & {
      readonly start: Target & { readonly input?: (alert: Alert) => unknown; readonly labels?: (alert: Alert) => Labels };
      readonly signal?: never;
    })
  | (Common & {
      readonly signal: Target & { readonly name: string; readonly payload?: (alert: Alert) => unknown };
      readonly start?: never;
    });

/** What one alert did to one instance; `ignored`: nothing runs that it could tell anything. */
export interface Answered {
  readonly machine: string;
  readonly key: string;
  readonly did: "started" | "kept" | "signalled" | "ignored";
}

/**
 * Does what every rule says that matches. An alert that is sent again while its run goes on, or after it, starts nothing: only one that
 * began after the run does. Throws BAD_INPUT where the alert has no key, and what `start` and `signal` throw.
 */
export async function takeAlert(client: Client, rules: readonly AlertRule[], alert: Alert): Promise<readonly Answered[]> {
  const answered: Answered[] = [];
  for (const rule of rules) {
    if (matches(rule.match, alert)) answered.push(await follow(client, rule, alert));
  }
  return answered;
}

function matches(match: AlertRule["match"], alert: Alert): boolean {
  if (typeof match === "function") return match(alert);
  return Object.entries(match).every(([name, value]) => alert.labels[name] === value);
}

async function follow(client: Client, rule: AlertRule, alert: Alert): Promise<Answered> {
  const target = rule.start ?? rule.signal;
  const ref = { machine: target.machine, key: keyOf(target, alert) };
  const actor = { by: "alert", why: reason(alert) };
  if (alert.status === "resolved") {
    return rule.resolved === undefined ? { ...ref, did: "ignored" } : tell(client, ref, rule.resolved, undefined, actor);
  }
  if (rule.signal) return tell(client, ref, rule.signal.name, rule.signal.payload?.(alert), actor);
  if (await isOfLastRun(client, ref, alert)) return { ...ref, did: "kept" };
  const { input, labels } = rule.start;
  const start = { ...ref, input: input?.(alert) ?? {}, labels: labels?.(alert), ifRunning: "keep", ...actor } as const;
  return { ...ref, did: (await client.start(start)).answer };
}

function keyOf({ key }: Target, alert: Alert): string {
  if (typeof key === "function") return key(alert);
  const value = alert.labels[key];
  if (value) return value;
  throw new FettleError("BAD_INPUT", `Cannot take the alert ${reason(alert)}: it has no label ${key}, which is to be the key`, {
    fix: "Name another label in the rule's key, or make the key with a function",
  });
}

async function tell(client: Client, ref: Ref, signal: string, payload: unknown, actor: { by: string; why: string }): Promise<Answered> {
  const named = { machine: ref.machine ?? "", key: ref.key };
  try {
    await client.signal({ ref, signal, ...(payload !== undefined && { payload }), ...actor });
    return { ...named, did: "signalled" };
  } catch (error) {
    if (isNotThere(error)) return { ...named, did: "ignored" };
    throw error;
  }
}

/** The last run is over and began after the alert did: the alert is the one that it was started for, sent again. */
async function isOfLastRun(client: Client, ref: Ref, { startsAt }: Alert): Promise<boolean> {
  if (startsAt === null) return false;
  const last = await find(client, ref);
  return last?.status === "done" && Date.parse(last.started) >= Date.parse(startsAt);
}

async function find(client: Client, ref: Ref): Promise<InstanceDetail | undefined> {
  try {
    return await client.show(ref);
  } catch (error) {
    if (isNotThere(error)) return undefined;
    throw error;
  }
}

function isNotThere(error: unknown): boolean {
  return error instanceof FettleError && (error.code === "NO_SUCH_INSTANCE" || error.code === "NOT_RUNNING");
}

function reason({ labels, annotations }: Alert): string {
  return [labels["alertname"], annotations["summary"]].filter(Boolean).join(": ") || "an alert without a name";
}
