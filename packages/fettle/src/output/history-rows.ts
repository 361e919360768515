import { type FieldChange, type HistoryEntry, spell } from "@fettle/engine";
import { clock } from "./instants.ts";
import { dim, green, red, yellow } from "./paint.ts";
import type { Row } from "./table.ts";

/** History as rows, in the order given: for the eye on a terminal, else instant, kind, from, to, attempt, took, error, signal, by, why. */
export function historyRows(entries: readonly HistoryEntry[], { terminal, now }: { terminal: boolean; now: number }): Row[] {
  return entries.map((entry) => (terminal ? eyeRow(entry, now) : programRow(entry)));
}

/** What happened, in a few words: `confirming → fencing`. */
export function event(entry: HistoryEntry): string {
  switch (entry.kind) {
    case "started":
      return `started in ${entry.to}`;
    case "moved":
      return `${entry.from} → ${entry.to}`;
    case "failed":
      return `${entry.from} failed, attempt ${entry.attempt}`;
    case "stuck":
      return `stuck in ${entry.from}`;
    case "done":
      return `done in ${entry.from}`;
    case "took":
      return `took ${entry.signal}`;
    case "retried":
      return `retried ${entry.from}`;
    case "migrated":
      return `migrated ${entry.from}${entry.to === null ? "" : ` → ${entry.to}`}`;
    case "edited":
      return `edited ${(entry.edits ?? []).map(spellChange).join(", ")}`;
    case "cancelled":
      return `cancelled in ${entry.from}`;
    case "paused":
    case "resumed":
      return `${entry.kind} in ${entry.from}`;
    case "held":
    case "refused":
      return entry.kind;
    default:
      return entry.kind satisfies never;
  }
}

/** `candidate: "db-1" → "db-2"`. */
export function spellChange({ field, ...change }: FieldChange): string {
  const side = (name: "before" | "after") => (name in change ? JSON.stringify(change[name]) : "absent");
  return `${field}: ${side("before")} → ${side("after")}`;
}

/** What takes no time worth telling. */
const instantly: ReadonlySet<HistoryEntry["kind"]> = new Set([
  "started",
  "took",
  "retried",
  "migrated",
  "edited",
  "cancelled",
  "paused",
  "resumed",
  "refused",
  "held",
]);

/** Who did it and why, how long it took, and what went wrong: what there is of it. */
export function circumstances(entry: HistoryEntry): string {
  const person = entry.by === "" ? [] : [`by ${entry.by}${entry.why === "" ? "" : `: "${entry.why}"`}`];
  const took = entry.took === null || instantly.has(entry.kind) || entry.by !== "" ? [] : [`after ${spell(entry.took)}`];
  const code = entry.kind === "held" ? "" : ` (${entry.error?.code})`;
  const error = entry.error ? [`${entry.error.message}${code}`] : [];
  return [...took, ...person, ...error].join("  ");
}

const paints = {
  started: green,
  moved: green,
  done: dim,
  failed: yellow,
  stuck: red,
  took: (text: string) => text,
  retried: (text: string) => text,
  migrated: (text: string) => text,
  edited: (text: string) => text,
  cancelled: dim,
  paused: yellow,
  resumed: green,
  refused: yellow,
  held: yellow,
};

function eyeRow(entry: HistoryEntry, now: number): Row {
  return { AT: dim(clock(entry.at, now)), RUN: String(entry.run), WHAT: paints[entry.kind](event(entry)), "": circumstances(entry) };
}

function programRow(entry: HistoryEntry): Row {
  return {
    AT: entry.at,
    MACHINE: entry.machine,
    KEY: entry.key,
    RUN: String(entry.run),
    KIND: entry.kind,
    FROM: entry.from ?? "",
    TO: entry.to ?? "",
    ATTEMPT: String(entry.attempt),
    TOOK: entry.took === null ? "" : String(Math.round(entry.took)),
    ERROR: entry.error?.code ?? "",
    SIGNAL: entry.signal ?? "",
    BY: entry.by,
    WHY: entry.why,
  };
}
