import { setTimeout as sleep } from "node:timers/promises";
import { type Address, type Login, Session } from "../src/server/session.ts";

/** A client that knows only addresses: commits numbered rows, one in flight, and dials again at once when it is torn off. */
export class Ledger implements AsyncDisposable {
  readonly acknowledged: number[] = [];
  readonly #addresses: readonly Address[];
  readonly #login: Login;
  readonly #stopping = new AbortController();
  readonly #running: Promise<void>;
  #last = performance.now();
  #longest = 0;
  #number = 0;
  #session: Session | undefined;

  constructor(addresses: readonly Address[], login: Login) {
    this.#addresses = addresses;
    this.#login = login;
    this.#running = this.#run();
  }

  /** Begins to measure the longest gap anew. */
  mark(): void {
    this.#last = performance.now();
    this.#longest = 0;
  }

  /** Milliseconds between two acknowledgements since the mark, at most. */
  get longestGap(): number {
    return Math.round(Math.max(this.#longest, performance.now() - this.#last));
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    // A commit may wait for a standby that nobody brings back any more.
    this.#session?.cut();
    await this.#running;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  async #run(): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      for (const address of this.#addresses) await this.#commitAt(address);
      await sleep(20);
    }
  }

  async #commitAt(address: Address): Promise<void> {
    try {
      await using session = await Session.open(address, this.#login, 2_000);
      this.#session = session;
      const [row] = await session.query<{ recovering: boolean }>("select pg_is_in_recovery() as recovering");
      if (row?.recovering !== false) return;
      await session.query("create table if not exists ledger (number int primary key)");
      while (!this.#stopping.signal.aborted) await this.#commit(session);
    } catch {
      // Whether the last number was committed is unknown: it counts neither as acknowledged nor as lost. The next address may do.
    }
  }

  async #commit(session: Session): Promise<void> {
    const number = ++this.#number;
    await session.query("insert into ledger values ($1)", [number], 60_000);
    this.acknowledged.push(number);
    const now = performance.now();
    this.#longest = Math.max(this.#longest, now - this.#last);
    this.#last = now;
    await sleep(4);
  }
}
