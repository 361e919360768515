import { rangeOfId } from "../store/slot.ts";

/** Which messages of the inbox are known, and whose they are: those that wait for a handler to take them, or are on their way. */
export class Mail {
  readonly #receiver = new Map<number, number>();
  readonly #count = new Map<number, number>();

  get messages(): number[] {
    return [...this.#receiver.keys()];
  }

  isFor(instance: number): boolean {
    return this.#count.has(instance);
  }

  add(message: number, instance: number): void {
    if (this.#receiver.has(message)) return;
    this.#receiver.set(message, instance);
    this.#count.set(instance, (this.#count.get(instance) ?? 0) + 1);
  }

  remove(message: number): void {
    const instance = this.#receiver.get(message);
    if (instance === undefined) return;
    this.#receiver.delete(message);
    const left = (this.#count.get(instance) ?? 0) - 1;
    if (left > 0) this.#count.set(instance, left);
    else this.#count.delete(instance);
  }

  /** Its run is over: what is still there for it is spent, and goes when the inbox is read next. */
  release(instance: number): void {
    if (!this.#count.has(instance)) return;
    for (const [message, receiver] of this.#receiver) if (receiver === instance) this.remove(message);
  }

  /** What was known of a range is read anew: a schedule that comes from the store knows nothing of whom the messages have woken. */
  forget(range: number): void {
    for (const [message, instance] of this.#receiver) if (rangeOfId(instance) === range) this.remove(message);
  }

  clear(): void {
    this.#receiver.clear();
    this.#count.clear();
  }
}
