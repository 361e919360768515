/** Rings now or while nobody waits: either way the next wait ends. */
export class Bell {
  #rung = false;
  #end: (() => void) | undefined;

  ring(): void {
    this.#rung = true;
    this.#end?.();
  }

  /** Resolves when the bell rings, or after `ms`. What rings in the same turn of the event loop ends one wait. */
  async wait(ms: number): Promise<void> {
    if (!this.#rung && ms > 0) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#end = resolve;
      const timer = setTimeout(resolve, Math.min(ms, 2 ** 31 - 1));
      await promise;
      clearTimeout(timer);
      this.#end = undefined;
    }
    await new Promise(setImmediate);
    this.#rung = false;
  }
}
