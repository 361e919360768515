import { jsonColumn, numberColumn, textColumn } from "./arrays.ts";
import type { Change } from "./change.ts";
import { allHold, answer, fence } from "./commit-fence.ts";
import type { Statement } from "./session.ts";

/**
 * Transitions and ends that touch the instance and its history alone, which most commits are. What follows from these being plain is
 * not sent: each column of a batch costs as much as an index. An end has a result, a transition has none.
 */
export const plainCommit: Statement = {
  name: "fettle_commit_plain",
  text: `${fence}, moved as (
  update fettle.instance i set
    rev = i.rev + 1, version = c.version, state = c.state, step = i.step + (c.result is null)::int,
    since = case when c.result is null then (select at from moment) else i.since end,
    status = case when c.result is null then 'running' else 'done' end, due = case when c.result is null then (select at from moment) end,
    attempt = 0, first_failure = null, error = null, data = coalesce(c.data, i.data), result = c.result
  from unnest(
    $4::text::bigint[], $5::text::bigint[], $6::text::int[], $7::text::text[], string_to_array($8::text, E'\\n', ''),
    string_to_array($9::text, E'\\n', ''), $10::text::text[], $11::text::int[], $12::text::float8[]
  ) as c (id, rev, version, state, data, result, from_state, tried, took)
  where i.id = c.id and i.rev = c.rev and ${allHold}
  returning i.slot, i.id, i.run, i.step, i.state, c.result, c.from_state, c.tried, c.took
), past as (
  insert into fettle.history (slot, instance, run, step, at, kind, from_state, to_state, attempt, took, by, why)
  select m.slot, m.id, m.run, m.step, (select at from moment), case when m.result is null then 'moved' else 'done' end, m.from_state,
    case when m.result is null then m.state end, m.tried, m.took, '', ''
  from moved m
) ${answer} from moved m`,
};

export function plainColumns(changes: readonly Change[]): (string | null)[] {
  return [
    numberColumn(changes, (c) => c.id),
    numberColumn(changes, (c) => c.rev),
    numberColumn(changes, (c) => c.version),
    textColumn(changes, (c) => c.state),
    jsonColumn(changes, (c) => c.data),
    jsonColumn(changes, (c) => c.result),
    textColumn(changes, (c) => c.history?.from ?? null),
    numberColumn(changes, (c) => c.history?.attempt ?? null),
    numberColumn(changes, (c) => c.history?.took ?? null),
  ];
}
