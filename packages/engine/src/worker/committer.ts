import { type Change, isPlain } from "../store/change.ts";
import { commit, type Lease } from "../store/commit.ts";
import { type Session, StatementRefused } from "../store/session.ts";
import type { Meter } from "./meter.ts";

/** `committed` at that instant of the database's clock; `lost`: the lease is another's by now, or nobody knows whether the commit happened until the range has been taken again. */
export type Committed =
  | { readonly kind: "committed"; readonly at: number }
  | { readonly kind: "lost" }
  | { readonly kind: "refused"; readonly error: StatementRefused };

interface Waiting {
  readonly lease: Lease;
  readonly change: Change;
  resolve(answer: Committed): void;
}

interface Lane {
  readonly session: Session;
  readonly queue: Waiting[];
  running: Promise<void> | undefined;
}

const largestBatch = 512;
const lost: Committed = { kind: "lost" };
const nobody = (): void => undefined;
/** A row touched twice in one statement: alone, the change goes through. */
const twice = new Set(["21000", "27000"]);

/**
 * Commits changes on two connections, one for the even ranges and one for the odd. A batch closes when the commit before it
 * returns, so an idle worker is quick and a busy one efficient. A batch that the database refuses is halved until the culprit is alone.
 */
export class Committer {
  readonly #lanes: readonly Lane[];
  readonly #meter: Meter;
  readonly #inDoubt: (lease: Lease, error: unknown) => void;

  /** `inDoubt` hears of each lease under which the answer of a commit was lost. */
  constructor(sessions: readonly [Session, Session], meter: Meter, inDoubt: (lease: Lease, error: unknown) => void) {
    this.#meter = meter;
    this.#lanes = sessions.map((session) => ({ session, queue: [], running: undefined }));
    this.#inDoubt = inDoubt;
  }

  submit(lease: Lease, change: Change): Promise<Committed> {
    const lane = this.#lanes[lease.range % 2] as Lane;
    const { promise, resolve } = Promise.withResolvers<Committed>();
    lane.queue.push({ lease, change, resolve });
    lane.running ??= this.#drain(lane);
    return promise;
  }

  /** Resolves when nothing is on its way any more. */
  async idle(): Promise<void> {
    while (this.#lanes.some((lane) => lane.running)) await Promise.all(this.#lanes.map((lane) => lane.running));
  }

  async #drain(lane: Lane): Promise<void> {
    // What is decided in the same turn of the event loop goes into one batch.
    await new Promise(setImmediate);
    let tell = nobody;
    while (lane.queue.length > 0) {
      const batch = nextBatch(lane.queue);
      // Plain changes have a shorter statement, and most are plain.
      for (const part of [batch.filter(({ change }) => isPlain(change)), batch.filter(({ change }) => !isPlain(change))]) {
        if (part.length === 0) continue;
        const answered = this.#send(lane, part);
        // The handlers of the batch before go on while the database works on this one, once the last of it has left this process:
        // they take milliseconds, and a socket does not take so much at once.
        await new Promise(setImmediate);
        tell();
        tell = await answered;
      }
    }
    // In the same breath as the look at the queue: what is submitted in between would wait for the next one to be submitted.
    lane.running = undefined;
    tell();
  }

  /** Resolves when the database has answered, with what passes the answer on. */
  async #send(lane: Lane, batch: readonly Waiting[]): Promise<() => void> {
    const leases = [...new Set(batch.map(({ lease }) => lease))];
    const sent = performance.now();
    try {
      const answer = await commit(
        lane.session,
        leases,
        batch.map(({ change }) => change),
      );
      this.#meter.committed(batch.length - answer.lost.size, performance.now() - sent);
      if (answer.lost.size === batch.length && leases.length > 1) return this.#sendApart(lane, batch, leases);
      const committed: Committed = { kind: "committed", at: answer.at };
      return () => {
        for (const { change, resolve } of batch) resolve(answer.lost.has(change.id) ? lost : committed);
      };
    } catch (error) {
      if (error instanceof StatementRefused) return this.#divide(lane, batch, error);
      for (const lease of leases) this.#inDoubt(lease, error);
      for (const { resolve } of batch) resolve(lost);
      return nobody;
    }
  }

  /** One of the leases is lost: what was decided under the others goes through without it. */
  async #sendApart(lane: Lane, batch: readonly Waiting[], leases: readonly Lease[]): Promise<() => void> {
    for (const lease of leases) {
      const tell = await this.#send(
        lane,
        batch.filter((waiting) => waiting.lease === lease),
      );
      tell();
    }
    return nobody;
  }

  async #divide(lane: Lane, batch: readonly Waiting[], error: StatementRefused): Promise<() => void> {
    if (batch.length > 1) {
      const half = batch.length >> 1;
      const tell = await this.#send(lane, batch.slice(0, half));
      tell();
      return this.#send(lane, batch.slice(half));
    }
    if (error.isPassing || twice.has(error.sqlState)) return this.#send(lane, batch);
    return () => batch[0]?.resolve({ kind: "refused", error });
  }
}

/** A range that was taken again meanwhile has two leases, and what was decided under the old one must not pass under the new one. */
function nextBatch(queue: Waiting[]): Waiting[] {
  const leases = new Map<number, Lease>();
  let size = 0;
  for (const { lease } of queue) {
    const known = leases.get(lease.range) ?? lease;
    if (known !== lease || size === largestBatch) break;
    leases.set(lease.range, lease);
    size++;
  }
  return queue.splice(0, size);
}
