import { type Rule, rulesFor, spellSelector } from "../policy/rule.ts";
import type { SeenInstance } from "../store/list-instances.ts";
import { type Place, readLine } from "../store/read-line.ts";
import { readRules } from "../store/rules.ts";
import type { Session } from "../store/session.ts";
import type { Held } from "./client.ts";

/** What keeps instances from going on, by id; those that nothing keeps are not in it. */
export async function heldOf(session: Session, instances: readonly SeenInstance[]): Promise<ReadonlyMap<number, Held>> {
  const living = instances.filter(({ status }) => status !== "done");
  const held = new Map<number, Held>();
  if (living.length === 0) return held;
  const ids = living.map(({ id }) => id);
  const [places, rules] = await Promise.all([readLine(session, ids), readRules(session, false)]);
  for (const place of places) held.set(place.id, placed(place));
  for (const instance of living) {
    // The store has left out those that have ended.
    const [pause] = rulesFor(rules, "pause", instance, 0);
    if (pause) held.set(instance.id, paused(pause));
  }
  return held;
}

function placed({ kind, say, wants, at, look, position }: Place): Held {
  const isLine = kind === "limit" || kind === "rate";
  return {
    // The store's own check allows no other.
    kind: kind as Held["kind"],
    say,
    wants,
    position: isLine ? position : null,
    since: new Date(at).toISOString(),
    until: kind === "ask" || kind === "silence" ? new Date(look).toISOString() : null,
    rule: null,
  };
}

function paused(rule: Rule): Held {
  const isOwn = rule.selector.key !== undefined;
  return {
    kind: "pause",
    say: `paused by ${rule.by}: ${rule.why}${isOwn ? "" : ` (${spellSelector(rule.selector)})`}`,
    wants: null,
    position: null,
    since: rule.at,
    until: rule.until,
    rule: isOwn ? rule.id : null,
  };
}
