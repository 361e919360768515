import { numberColumn } from "./arrays.ts";
import { type Change, isPlain, touchesNothingBeside } from "./change.ts";
import { plainColumns, plainCommit } from "./commit-plain.ts";
import { takingCommit, wholeColumns, wholeCommit } from "./commit-whole.ts";
import type { Session } from "./session.ts";

/** The right to change the instances of one range of slots. */
export interface Lease {
  readonly range: number;
  readonly epoch: number;
  readonly owner: string;
}

export interface CommitAnswer {
  /** The database's clock, in milliseconds since 1970: when the states were entered. */
  readonly at: number;
  /** The ids that were not committed. */
  readonly lost: ReadonlySet<number>;
}

/**
 * Commits many changes at once, under the leases of their ranges. All of them are lost when a lease is no longer this worker's;
 * and of the rest those whose row was written by anybody else since it was read.
 */
export async function commit(session: Session, leases: readonly Lease[], changes: readonly Change[]): Promise<CommitAnswer> {
  const [statement, columns] = changes.every(isPlain)
    ? [plainCommit, plainColumns(changes)]
    : [changes.every(touchesNothingBeside) ? takingCommit : wholeCommit, wholeColumns(changes)];
  const [answer] = await session.run<Raw>(statement, [
    numberColumn(leases, (lease) => lease.range),
    numberColumn(leases, (lease) => lease.epoch),
    leases[0]?.owner,
    ...columns,
  ]);
  const { at, kept } = answer as Raw;
  if (kept === null) return { at, lost: none };
  const lost = new Set(changes.map((change) => change.id));
  for (const id of JSON.parse(kept) as number[]) lost.delete(id);
  return { at, lost };
}

interface Raw {
  readonly at: number;
  /** The ids that were committed, as JSON; null for all of them. */
  readonly kept: string | null;
}

const none: ReadonlySet<number> = new Set();
