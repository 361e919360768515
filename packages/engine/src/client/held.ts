import { type Rule, rulesFor, spellSelector } from "../policy/rule.ts";
import type { SeenInstance } from "../store/list-instances.ts";
import { readRules } from "../store/rules.ts";
import type { Session } from "../store/session.ts";
import type { Held } from "./client.ts";

/** What keeps instances from going on, by id; those that nothing keeps are not in it. */
export async function heldOf(session: Session, instances: readonly SeenInstance[]): Promise<ReadonlyMap<number, Held>> {
  const living = instances.filter(({ status }) => status !== "done");
  const held = new Map<number, Held>();
  if (living.length === 0) return held;
  const rules = await readRules(session, false);
  for (const instance of living) {
    // The store has left out those that have ended.
    const [pause] = rulesFor(rules, "pause", instance, 0);
    if (pause) held.set(instance.id, paused(pause));
  }
  return held;
}

function paused(rule: Rule): Held {
  const whole = rule.selector.key === undefined ? ` (${spellSelector(rule.selector)})` : "";
  return {
    kind: "pause",
    say: `paused by ${rule.by}: ${rule.why}${whole}`,
    wants: null,
    position: null,
    since: rule.at,
    until: rule.until,
  };
}
