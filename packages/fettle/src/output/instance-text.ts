import type { HistoryEntry, InstanceDetail, Machine, Relative } from "@fettle/engine";
import { diagramText } from "@fettle/engine/diagram";
import { circumstances, event } from "./history-rows.ts";
import { heldText, next, paintOf } from "./instance-rows.ts";
import { ahead, clock, lasting } from "./instants.ts";
import { terminalWidth } from "./output.ts";
import { bold, dim } from "./paint.ts";
import { plain, tabbedTable, wrapped } from "./table.ts";

interface Parts {
  readonly detail: InstanceDetail;
  /** Newest first. */
  readonly history: readonly HistoryEntry[];
  /** Undefined when this code does not have it. */
  readonly machine: Machine | undefined;
  readonly now: number;
}

/** One instance in full, for people or for a program (a name, a tab and a value a line). */
export function instanceText(parts: Parts): { forEye(): string; forProgram(): string } {
  return { forEye: () => eyeText(parts), forProgram: () => programText(parts) };
}

const label = 10;

function eyeText(parts: Parts): string {
  const { detail, machine } = parts;
  const diagram = machine ? diagramText(machine, { state: detail.state }).split("\n") : [];
  const fields = eyeFields(parts).flatMap(([name, texts]) => texts.map((text, index) => field(index === 0 ? name : "", text)));
  return [headline(parts), ...diagram.map((line) => `  ${line}`), ...fields].join("\n");
}

function headline({ detail, now }: Parts): string {
  const labels = Object.entries(detail.labels).map(([name, value]) => `${name}=${value}`);
  const { status, state, since } = detail;
  const where = { stuck: `● stuck in ${state}`, done: `done in ${state}`, running: state }[status];
  const run = detail.run > 1 ? dim(`run ${detail.run}`) : "";
  const parts = [
    bold(plain(detail.key)),
    detail.machine,
    paintOf(detail)(`${where} for ${lasting(since, now)}`),
    run,
    dim(plain(labels.join(" "))),
  ];
  return parts.filter((part) => part !== "").join("  ");
}

type Field = readonly [name: string, texts: readonly string[]];

function eyeFields({ detail, history, now }: Parts): Field[] {
  const { error, status } = detail;
  const fields: Field[] = [
    ["next", status === "running" ? [next(detail, now)] : []],
    ["held", status === "stuck" && detail.held ? [heldText(detail.held, now)] : []],
    ["error", error ? [`${error.message} (${error.code})`] : []],
    ["fix", status === "stuck" ? [fixOf(detail)] : error?.fix ? [error.fix] : []],
    ["note", detail.note === null ? [] : [detail.note]],
    ["deadline", detail.deadlines.map((each) => deadlineText(each, now))],
    [
      "signals",
      detail.signals.map(
        (each) => `${each.name}${payloadText(each.payload)}  sent ${clock(each.at, now)} by ${each.by}${each.why && `: "${each.why}"`}`,
      ),
    ],
    ["parent", detail.parent ? [relativeText(detail.parent)] : []],
    ["children", detail.children.map(relativeText)],
    ["data", jsonTexts(detail.data)],
    ["result", detail.result === null ? [] : jsonTexts(detail.result)],
    ["history", historyTexts(history, now)],
  ];
  return fields.filter(([, texts]) => texts.length > 0);
}

function fixOf({ error, key }: InstanceDetail): string {
  const retry = `fettle retry ${key}`;
  if (error?.fix === undefined) return `Mend the cause, then: ${retry}`;
  return error.fix.includes(retry) ? error.fix : `${error.fix}, then: ${retry}`;
}

function deadlineText({ reach, at, say, severity }: InstanceDetail["deadlines"][number], now: number): string {
  const passed = Date.parse(at) <= now;
  return `${reach.join(" or ")} by ${clock(at, now)}${passed ? ", which has passed" : `, ${ahead(at, now)}`}; then pages "${say}" (${severity})`;
}

function relativeText({ machine, key, state, status }: Relative): string {
  return `${machine}/${key}  ${status === "stuck" ? `● stuck in ${state}` : state}`;
}

function payloadText(payload: unknown): string {
  return payload === null || payload === undefined || payload === true ? "" : ` ${JSON.stringify(payload)}`;
}

/** One line where it fits, else a line a field. */
function jsonTexts(value: unknown): string[] {
  const whole = JSON.stringify(value);
  if (whole.length <= terminalWidth() - label - 2 || typeof value !== "object" || value === null || Array.isArray(value)) return [whole];
  const width = Math.max(...Object.keys(value).map((name) => name.length));
  return Object.entries(value).map(([name, each]) => `${name.padEnd(width)}  ${JSON.stringify(each)}`);
}

function historyTexts(history: readonly HistoryEntry[], now: number): string[] {
  const events = history.map(event);
  const width = Math.max(0, ...events.map((text) => text.length));
  return history.map((entry, index) =>
    `${clock(entry.at, now)}  ${(events[index] ?? "").padEnd(width)}  ${circumstances(entry)}`.trimEnd(),
  );
}

function field(name: string, text: string): string {
  const lines = wrapped(plain(text), terminalWidth() - label - 2);
  const head = `  ${dim(name.padEnd(label))}`;
  return lines.map((line, index) => (index === 0 ? head : " ".repeat(label + 2)) + line).join("\n");
}

function programText({ detail, history }: Parts): string {
  const rows = [
    ["key", detail.key],
    ["machine", detail.machine],
    ["run", String(detail.run)],
    ["state", detail.state],
    ["status", detail.status],
    ["since", detail.since],
    ["due", detail.due ?? ""],
    ["attempt", String(detail.attempt)],
    ["error", detail.error?.code ?? ""],
    ["message", detail.error?.message ?? ""],
    ["fix", detail.error?.fix ?? ""],
    ["note", detail.note ?? ""],
    ["held", detail.held?.kind ?? "", detail.held?.say ?? "", String(detail.held?.position ?? "")],
    ...Object.entries(detail.labels).map(([name, value]) => ["label", `${name}=${value}`]),
    ...detail.deadlines.map((each) => ["deadline", each.reach.join(","), each.at]),
    ["data", JSON.stringify(detail.data)],
    ["result", detail.result === null ? "" : JSON.stringify(detail.result)],
    ...history.map((entry) => ["history", entry.at, event(entry), circumstances(entry)]),
  ];
  return tabbedTable(rows.map((cells) => Object.fromEntries(cells.map((cell, index) => [`c${index}`, cell]))));
}
