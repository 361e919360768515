/**
 * Gathers single calls into batches: one is sent as soon as fewer than `most` are on their way, with all that has come meanwhile.
 * The way in which a user of a queue without batches of its own would make its single calls cheap.
 */
export class Batches<Item> {
  readonly #send: (items: Item[]) => Promise<unknown>;
  readonly #most: number;
  #waiting: { item: Item; resolve: () => void; reject: (error: unknown) => void }[] = [];
  #flying = 0;

  constructor(most: number, send: (items: Item[]) => Promise<unknown>) {
    this.#most = most;
    this.#send = send;
  }

  /** Resolves when the batch that holds the item was sent. */
  add(item: Item): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#waiting.push({ item, resolve, reject });
    // Those that come in the same turn of the event loop go together.
    if (this.#waiting.length === 1) setImmediate(() => this.#flush());
    return promise;
  }

  #flush(): void {
    if (this.#flying >= this.#most || this.#waiting.length === 0) return;
    const batch = this.#waiting;
    this.#waiting = [];
    this.#flying++;
    this.#send(batch.map(({ item }) => item))
      .then(
        () => batch.forEach(({ resolve }) => void resolve()),
        (error: unknown) => batch.forEach(({ reject }) => void reject(error)),
      )
      .finally(() => {
        this.#flying--;
        this.#flush();
      });
  }
}
