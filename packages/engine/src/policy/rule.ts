import type { Labels } from "../machine/machine.ts";

/** What a person has laid down for instances, until they take it back or it ends by itself. */
export interface Rule {
  readonly id: number;
  readonly kind: RuleKind;
  readonly selector: Selector;
  /** `observe`, `ask` or `act` of a mode; `mute` or `hold` of a silence; empty for a pause. */
  readonly value: string;
  readonly by: string;
  readonly why: string;
  /** RFC 3339, of the database's clock. */
  readonly at: string;
  readonly until: string | null;
  readonly ended: { readonly by: string; readonly why: string; readonly at: string } | null;
}

export type RuleKind = "pause" | "mode" | "silence";

/** Which instances are meant: all that have everything that is named here. */
export interface Selector {
  readonly machine?: string | undefined;
  readonly key?: string | undefined;
  readonly labels?: Labels | undefined;
}

export interface Subject {
  readonly machine: string;
  readonly key: string;
  readonly labels: Labels;
}

export function selects({ machine, key, labels }: Selector, subject: Subject): boolean {
  if (machine !== undefined && machine !== subject.machine) return false;
  if (key !== undefined && key !== subject.key) return false;
  return Object.entries(labels ?? {}).every(([name, value]) => subject.labels[name] === value);
}

/** Rules of a kind that hold for an instance now (milliseconds since 1970), the newest first. */
export function rulesFor(rules: readonly Rule[], kind: RuleKind, subject: Subject, now: number): Rule[] {
  return rules
    .filter((rule) => rule.kind === kind && isInForce(rule, now) && selects(rule.selector, subject))
    .sort((one, other) => other.id - one.id);
}

export function isInForce(rule: Rule, now: number): boolean {
  return rule.ended === null && (rule.until === null || Date.parse(rule.until) > now);
}

/** How people write a selector: `postgres/failover prod-1 region=eu`, or `everything`. */
export function spellSelector({ machine, key, labels }: Selector): string {
  const parts = [machine, key, ...Object.entries(labels ?? {}).map(([name, value]) => `${name}=${value}`)];
  return parts.filter((part) => part !== undefined).join(" ") || "everything";
}
