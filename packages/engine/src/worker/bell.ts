/** Rings now or while nobody waits: either way the next wait ends. */
export class Bell {
  #rung = false;
  #end: (() => void) | undefined;

  ring(): void {
    this.#rung = true;
    this.#end?.();
  }

  /** Resolves when the bell rings, or after `ms`. */
  async wait(ms: number): Promise<void> {
    if (!this.#rung) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#end = resolve;
      const timer = setTimeout(resolve, Math.min(Math.max(ms, 0), 2 ** 31 - 1));
      await promise;
      clearTimeout(timer);
      this.#end = undefined;
    }
    this.#rung = false;
  }
}
