import type { StandardSchemaV1 } from "@standard-schema/spec";
import type { Filter } from "../client/client.ts";
import { type Duration, isDuration } from "../machine/duration.ts";
import { isShare, type RolloutAct, type Share } from "../policy/rollout.ts";

/** The data of a rollout. A person may edit what says how fast it goes, while it goes. */
export interface Plan {
  readonly act: RolloutAct;
  readonly selection: Omit<Filter, "limit">;
  /** Those that it is for: an open breaker of theirs halts it. */
  readonly machines: readonly string[];
  readonly first: number;
  readonly gap: Duration;
  readonly haltAt: Share;
  /** The stage that it is in, from 1, and how many that acts upon. */
  readonly stage: number;
  readonly size: number;
  /** A person has let it go on after the failures of the stages up to this one. */
  readonly accepted: number;
  /** Why it has halted last. */
  readonly reason?: string | undefined;
  readonly by: string;
  readonly why: string;
}

const kinds: readonly string[] = ["retry", "cancel", "move", "edit", "signal", "start"] satisfies RolloutAct["kind"][];

const fields: readonly (readonly [name: keyof Plan, expected: string, holds: (value: unknown) => boolean])[] = [
  ["act", `an object with a kind of ${kinds.join(", ")}`, (value) => isObject(value) && kinds.includes(String(value["kind"]))],
  ["selection", "an object", isObject],
  ["machines", "a list of names", (value) => Array.isArray(value) && value.every(isText)],
  ["first", "a whole number of 1 or more", isCount],
  ["gap", "a duration, as in 1m", (value) => isText(value) && isDuration(value)],
  ["haltAt", "a share, as in 5%", (value) => isText(value) && isShare(value)],
  ["stage", "a whole number of 1 or more", isCount],
  ["size", "a whole number of 1 or more", isCount],
  ["accepted", "a whole number", (value) => value === 0 || isCount(value)],
  ["reason", "a text", (value) => value === undefined || isText(value)],
  ["by", "a text", isText],
  ["why", "a text", isText],
];

export const plan: StandardSchemaV1<unknown, Plan> = {
  "~standard": {
    version: 1,
    vendor: "fettle",
    validate(value) {
      if (!isObject(value)) return { issues: [{ message: "expected an object" }] };
      const wrong = fields.filter(([name, , holds]) => !holds(value[name]));
      const unknown = Object.keys(value).filter((name) => !fields.some(([known]) => known === name));
      const issues = [
        ...wrong.map(([name, expected]) => ({ path: [name], message: `expected ${expected}` })),
        ...unknown.map((name) => ({ path: [name], message: "a rollout has no such field" })),
      ];
      // Each field has been looked at.
      return issues.length > 0 ? { issues } : { value: value as unknown as Plan };
    },
  },
};

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isText(value: unknown): value is string {
  return typeof value === "string";
}

function isCount(value: unknown): boolean {
  return Number.isInteger(value) && Number(value) >= 1;
}
