import type { StorageFault } from "../bytes/piece.ts";
import type { Finding } from "../finding.ts";
import type { OpenRecord } from "./open-record.ts";

/**
 * What is wrong inside gzip members and zstd frames, until it is known which record it hurts: a member is unpacked before anybody knows
 * whether a record begins in it, goes on in it, or neither.
 */
export class HurtMembers {
  readonly #report: (finding: Finding) => void;
  #held: Finding[] = [];

  constructor(report: (finding: Finding) => void) {
    this.#report = report;
  }

  /** `record` is the last one that has begun. */
  add({ inside: _, ...fault }: StorageFault, plainOffset: number, record: OpenRecord | undefined): void {
    this.#held.push({ ...fault, plainOffset });
    if (record) this.giveTo(record);
  }

  /** Gives a record what hurts the members that it has been seen in. */
  giveTo(record: OpenRecord): void {
    if (this.#held.length === 0) return;
    const { number } = record;
    for (const finding of this.#held) if (record.isIn(finding.offset)) record.add({ ...finding, record: number });
    this.#held = this.#held.filter(({ offset }) => !record.isIn(offset));
  }

  /** What is left of members stored before `offset` hurts no record that can be read. */
  passBefore(offset: number): void {
    if (this.#held.length === 0) return;
    for (const finding of this.#held) if (finding.offset < offset) this.#report(finding);
    this.#held = this.#held.filter((finding) => finding.offset >= offset);
  }
}
