import type { Lease } from "../store/commit.ts";
import { giveBackRanges, ownLeases, retakeRange, takeRanges } from "../store/lease-ranges.ts";
import { loadNearDeadlines, loadSchedule } from "../store/load-schedule.ts";
import { dropCreated } from "../store/read-inbox.ts";
import { reapWorkers } from "../store/register-worker.ts";
import type { Session } from "../store/session.ts";
import { rangeOfId, ranges } from "../store/slot.ts";
import type { Agenda } from "./agenda.ts";
import { Intake } from "./intake.ts";

/** The ranges of slots that this worker leases. */
export class Holdings {
  readonly #session: Session;
  readonly #agenda: Agenda;
  readonly #admitted: (range: number) => void;
  readonly #leases = new Map<number, Lease>();
  readonly #leaving = new Set<number>();
  readonly #inDoubt = new Map<number, Lease>();

  /** `admitted` hears of each range that was taken, or taken again: what was known of its inbox is no longer so. */
  constructor(session: Session, agenda: Agenda, admitted: (range: number) => void) {
    this.#session = session;
    this.#agenda = agenda;
    this.#admitted = admitted;
  }

  /** The lease that covers an instance; undefined while it is not this worker's to run. */
  leaseOf(id: number): Lease | undefined {
    const range = rangeOfId(id);
    return this.#leaving.has(range) ? undefined : this.#leases.get(range);
  }

  get leases(): readonly Lease[] {
    return [...this.#leases.values()];
  }

  get ranges(): number[] {
    return [...this.#leases.keys()];
  }

  /** Nobody knows whether a commit under this lease happened. Nothing of the range runs until it has been taken again. */
  doubt(lease: Lease): void {
    if (this.#leases.get(lease.range) !== lease) return;
    this.#drop([lease.range]);
    this.#inDoubt.set(lease.range, lease);
  }

  forget(): void {
    this.#leases.clear();
    this.#leaving.clear();
    this.#inDoubt.clear();
    this.#agenda.clear();
  }

  /** Takes again what is in doubt, and reads the truth from the store. */
  async clearDoubts(): Promise<void> {
    const doubted = [...this.#inDoubt.values()];
    const retaken: Lease[] = [];
    for (const lease of doubted) {
      const fresh = await retakeRange(this.#session, lease);
      if (fresh) retaken.push(fresh);
    }
    await this.#admit(retaken);
    for (const { range } of doubted) this.#inDoubt.delete(range);
  }

  /** Takes what is free up to a fair share, and gives back what is over it. `isIdle` tells whether nothing of a range runs. */
  async balance(owner: string, isIdle: (range: number) => boolean): Promise<void> {
    const alive = Math.max(1, await reapWorkers(this.#session));
    const fair = Math.ceil(ranges / alive);
    const held = this.#leases.size - this.#leaving.size + this.#inDoubt.size;
    for (const range of this.ranges.slice(0, Math.max(0, held - fair))) this.#leaving.add(range);
    this.#drop([...this.#leaving].filter(isIdle));
    await this.#compare(await ownLeases(this.#session, owner));
    if (held < fair) await this.#admit(await takeRanges(this.#session, owner, fair - held));
  }

  /** A statement may be done long after its answer was given up, and then the store knows of other leases than the worker. */
  async #compare(own: readonly Lease[]): Promise<void> {
    const epochs = new Map(own.map(({ range, epoch }) => [range, epoch]));
    for (const lease of this.leases) if (epochs.get(lease.range) !== lease.epoch) this.doubt(lease);
    // Those that were just dropped, and those that a lost answer made this worker's without its knowledge.
    const strays = own.filter(({ range }) => !this.#leases.has(range) && !this.#inDoubt.has(range));
    if (strays.length > 0) await giveBackRanges(this.#session, strays);
  }

  #drop(ranges: readonly number[]): void {
    if (ranges.length === 0) return;
    for (const range of ranges) {
      this.#leases.delete(range);
      this.#leaving.delete(range);
    }
    this.#agenda.drop(new Set(ranges));
  }

  /** What was taken and not admitted, because this failed, is given back at the next look. */
  async #admit(leases: readonly Lease[]): Promise<void> {
    if (leases.length === 0) return;
    const ranges = leases.map(({ range }) => range);
    await dropCreated(this.#session, leases);
    const intake = new Intake(await loadNearDeadlines(this.#session, ranges));
    for await (const part of loadSchedule(this.#session, ranges)) intake.add(part);
    this.#agenda.admit(ranges, intake);
    for (const lease of leases) {
      this.#leases.set(lease.range, lease);
      this.#admitted(lease.range);
    }
  }
}
