import { type Rollout, spellAct } from "@fettle/engine";
import { heldText } from "./instance-rows.ts";
import { ago, ahead } from "./instants.ts";
import { bold, dim, green, red, yellow } from "./paint.ts";
import { plain, type Row } from "./table.ts";

/** Rollouts as rows: for the eye, or for a program with the same ten columns always. */
export function rolloutRows(rollouts: readonly Rollout[], { terminal, now }: { terminal: boolean; now: number }): Row[] {
  return rollouts.map((it) => (terminal ? eyeRow(it, now) : programRow(it)));
}

/** One rollout in full: how far it is, how each stage fares, and what happens next. */
export function rolloutText(it: Rollout, now: number): string {
  const { name, act, selection, by, why, started, passed, waiting, failed, fine, rest, total, stages } = it;
  const labels = Object.entries(selection.labels ?? {}).map(([label, value]) => `-l ${label}=${value}`);
  const words = [...["machine", "key", "state", "status"].flatMap((field) => pair(field, selection)), ...labels].join(" ");
  const fields: readonly (readonly [string, string])[] = [
    ["does", `${spellAct(act)}  ${plain(words || "everything")}`],
    ["by", `${by}, ${ago(started, now)}: "${why}"`],
    ["next", next(it, now)],
    [
      "members",
      `${number(total)}: ${number(fine)} fine, ${number(failed)} failed, ${number(waiting)} on their way, ${number(passed)} passed over, ${number(rest)} left`,
    ],
    ...stages.map(
      (each) =>
        [
          `stage ${each.stage}`,
          `${number(each.acted)} acted upon, ${number(each.failed)} failed, ${number(each.waiting)} on their way, ${number(each.passed)} passed over`,
        ] as const,
    ),
  ];
  return [
    `${bold(plain(name))}  ${paint(it)(stateText(it))}`,
    ...fields.map(([label, text]) => `  ${dim(label.padEnd(10))}${plain(text)}`),
  ].join("\n");
}

function pair(field: string, selection: object): string[] {
  const value = (selection as Readonly<Record<string, unknown>>)[field];
  return value === undefined ? [] : [`${field}=${value}`];
}

function eyeRow(it: Rollout, now: number): Row {
  return {
    NAME: bold(it.name),
    DOES: spellAct(it.act),
    STATE: paint(it)(stateText(it)),
    ACTED: `${number(it.acted)} of ${number(it.total)}`,
    FAILED: it.failed > 0 ? red(number(it.failed)) : "0",
    NEXT: next(it, now),
    BY: dim(`${it.by}, ${ago(it.started, now)}: ${it.why}`),
  };
}

function programRow(it: Rollout): Row {
  const counts = { ACTED: it.acted, FINE: it.fine, FAILED: it.failed, PASSED: it.passed, REST: it.rest };
  return {
    NAME: it.name,
    DOES: spellAct(it.act),
    STATE: it.state,
    STATUS: it.status,
    ...Object.fromEntries(Object.entries(counts).map(([name, count]) => [name, String(count)])),
    NEXT: it.next ?? "",
  };
}

function stateText({ state, status, held }: Rollout): string {
  if (status === "done") return state === "finished" ? "finished" : "cancelled";
  if (status === "stuck") return `● stuck in ${state}`;
  return held ? `■ ${state}, held` : state === "halted" ? "● halted" : state;
}

/** What happens next, and when. */
function next({ state, status, held, reason, name, next: at, rest, stage, failed }: Rollout, now: number): string {
  if (status === "done")
    return state === "finished" ? `done${failed > 0 ? `, ${number(failed)} failed` : ""}` : `cancelled, ${number(rest)} left`;
  if (status === "stuck") return `waits for a person: fettle show ${name}`;
  if (held) return heldText(held, now);
  if (state === "halted") return `waits for a person: ${reason}. fettle rollout go ${name}`;
  if (at === null) return `stage ${stage} goes on`;
  return `stage ${stage} is judged ${ahead(at, now)}${rest === 0 ? ", the last" : ""}`;
}

function paint({ state, status, held, failed }: Rollout): (text: string) => string {
  if (status === "done") return failed > 0 ? yellow : dim;
  if (status === "stuck" || state === "halted") return red;
  return held ? yellow : green;
}

function number(value: number): string {
  return value.toLocaleString("en-US");
}
