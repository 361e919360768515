/**
 * Of the leases that a worker names, $1 their ranges, $2 their epochs, $3 their owner, those that hold. They are checked in the statement
 * that writes, not before it: a worker may be stopped for minutes between any two statements. The row locks make a takeover wait for a
 * statement that has begun, and a later statement see the takeover.
 */
export const heldLeases = `
  select f.range from unnest($1::text::int[], $2::text::bigint[]) as l (range, epoch)
  join fettle.lease f on f.range = l.range and f.epoch = l.epoch and f.owner = $3::uuid
  order by f.range for share of f`;

/** How a commit begins. */
export const fence = `
with fence as materialized (${heldLeases}
), moment as materialized (
  select clock_timestamp() as at
)`;

/** Either all leases hold or nothing is committed: asked once a statement, not once a row. */
export const allHold = "(select count(*) from fence) = cardinality($1::text::int[])";

/** When it was committed, and which ids of `moved` were, if not all of those in $4. */
export const answer = `
select extract(epoch from (select at from moment))::float8 * 1000 as at,
  case when count(*) < cardinality($4::text::bigint[]) then coalesce(json_agg(m.id), '[]')::text end as kept`;
