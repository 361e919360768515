import type { Rule, RuleKind, Selector } from "../policy/rule.ts";
import { instant } from "./instant.ts";
import type { Session } from "./session.ts";

export interface NewRule {
  readonly kind: RuleKind;
  readonly selector: Selector;
  readonly value: string;
  /** Milliseconds from now; null for as long as nobody takes it back. */
  readonly lasts: number | null;
  readonly by: string;
  readonly why: string;
}

interface Raw {
  readonly id: number;
  readonly kind: RuleKind;
  readonly machine: string | null;
  readonly key: string | null;
  readonly labels: string;
  readonly value: string;
  readonly by: string;
  readonly why: string;
  readonly at: number;
  readonly until: number | null;
  readonly ended: number | null;
  readonly endedBy: string | null;
  readonly endedWhy: string | null;
}

const columns = `r.id::float8 as id, r.kind, r.machine, r.key, r.labels::text as labels, r.value, r.by, r.why,
  extract(epoch from r.at)::float8 * 1000 as at, extract(epoch from r.until)::float8 * 1000 as until,
  extract(epoch from r.ended)::float8 * 1000 as ended, r.ended_by as "endedBy", r.ended_why as "endedWhy"`;

/** Lays down a rule, in place of one of the same kind for the same selector, and tells every worker. */
export async function addRule(session: Session, rule: NewRule): Promise<Rule> {
  const { machine = null, key = null, labels = {} } = rule.selector;
  const [row] = await session.query<Raw>(`select ${columns} from fettle.add_rule($1, $2, $3, $4::jsonb, $5, $6::float8, $7, $8) r`, [
    rule.kind,
    machine,
    key,
    JSON.stringify(labels),
    rule.value,
    rule.lasts,
    rule.by,
    rule.why,
  ]);
  return read(row as Raw);
}

/** Takes a rule back; null when it is not in force any more. */
export async function endRule(session: Session, id: number, by: string, why: string): Promise<Rule | null> {
  const [row] = await session.query<Raw>(`select ${columns} from fettle.end_rule($1::bigint, $2, $3) r`, [id, by, why]);
  return row ? read(row) : null;
}

/** Rules in force, the newest first; with `all`, the newest 500 of any. */
export async function readRules(session: Session, all: boolean): Promise<Rule[]> {
  const rows = await session.query<Raw>(
    `select ${columns} from fettle.rule r
     where $1::bool or (r.ended is null and (r.until is null or r.until > clock_timestamp())) order by r.id desc limit 500`,
    [all],
  );
  return rows.map(read);
}

function read(row: Raw): Rule {
  const labels = JSON.parse(row.labels) as Record<string, string>;
  return {
    id: row.id,
    kind: row.kind,
    selector: {
      ...(row.machine !== null && { machine: row.machine }),
      ...(row.key !== null && { key: row.key }),
      ...(Object.keys(labels).length > 0 && { labels }),
    },
    value: row.value,
    by: row.by,
    why: row.why,
    at: instant(row.at),
    until: row.until === null ? null : instant(row.until),
    ended: row.ended === null ? null : { by: row.endedBy ?? "", why: row.endedWhy ?? "", at: instant(row.ended) },
  };
}
