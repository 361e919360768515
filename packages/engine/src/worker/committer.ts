import type { Change } from "../store/change.ts";
import { commit, type Lease } from "../store/commit.ts";
import { type Session, StatementRefused } from "../store/session.ts";

/** `lost`: the lease is another's by now, or nobody knows whether the commit happened until the range has been taken again. */
export type Committed = "committed" | "lost" | { readonly refused: StatementRefused };

interface Waiting {
  readonly lease: Lease;
  readonly change: Change;
  resolve(answer: Committed): void;
}

const largestBatch = 512;
/** A row touched twice in one statement: alone, the change goes through. */
const twice = new Set(["21000", "27000"]);

/**
 * Commits changes on two connections. A batch closes when the commit before it returns, so an idle worker is quick and a busy
 * one efficient. A batch that the database refuses is halved until the culprit is alone.
 */
export class Committer {
  readonly #lanes: readonly [Session, Session];
  readonly #inDoubt: (lease: Lease, error: unknown) => void;
  readonly #queues: [Waiting[], Waiting[]] = [[], []];
  readonly #running: [Promise<void> | undefined, Promise<void> | undefined] = [undefined, undefined];

  /** `inDoubt` hears of a lease under which the answer of a commit was lost. */
  constructor(lanes: readonly [Session, Session], inDoubt: (lease: Lease, error: unknown) => void) {
    this.#lanes = lanes;
    this.#inDoubt = inDoubt;
  }

  submit(lease: Lease, change: Change): Promise<Committed> {
    const lane = (lease.range % 2) as 0 | 1;
    const { promise, resolve } = Promise.withResolvers<Committed>();
    this.#queues[lane].push({ lease, change, resolve });
    this.#running[lane] ??= this.#drain(lane).finally(() => {
      this.#running[lane] = undefined;
    });
    return promise;
  }

  /** Resolves when nothing is on its way any more. */
  async idle(): Promise<void> {
    while (this.#running[0] || this.#running[1]) await Promise.all(this.#running);
  }

  async #drain(lane: 0 | 1): Promise<void> {
    // What is decided in the same turn of the event loop goes into one batch.
    await undefined;
    while (this.#queues[lane].length > 0) await this.#send(lane, this.#nextBatch(lane));
  }

  /** A statement names one lease: the oldest waiting one, and all that wait under it. */
  #nextBatch(lane: 0 | 1): Waiting[] {
    const queue = this.#queues[lane];
    const lease = queue[0]?.lease;
    const batch: Waiting[] = [];
    this.#queues[lane] = queue.filter((waiting) => {
      const belongs = waiting.lease === lease && batch.length < largestBatch;
      if (belongs) batch.push(waiting);
      return !belongs;
    });
    return batch;
  }

  async #send(lane: 0 | 1, batch: readonly Waiting[]): Promise<void> {
    const { lease } = batch[0] as Waiting;
    try {
      const done = await commit(
        this.#lanes[lane],
        lease,
        batch.map((waiting) => waiting.change),
      );
      for (const waiting of batch) waiting.resolve(done.has(waiting.change.id) ? "committed" : "lost");
    } catch (error) {
      if (error instanceof StatementRefused) return this.#divide(lane, batch, error);
      for (const waiting of batch) waiting.resolve("lost");
      this.#inDoubt(lease, error);
    }
  }

  async #divide(lane: 0 | 1, batch: readonly Waiting[], error: StatementRefused): Promise<void> {
    if (batch.length > 1) {
      const half = batch.length >> 1;
      await this.#send(lane, batch.slice(0, half));
      return this.#send(lane, batch.slice(half));
    }
    if (error.isPassing || twice.has(error.sqlState)) return this.#send(lane, batch);
    batch[0]?.resolve({ refused: error });
  }
}
