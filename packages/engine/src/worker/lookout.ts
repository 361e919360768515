/** Milliseconds between two looks, while it looks by itself: at least, and at most. */
const glance = 10;
const longest = 200;
/** It rests so many times as long as a look took: the busier the store, the more is taken at once. */
const rest = 20;
/** So many messages within so many milliseconds, and being told of each is dearer than looking. */
const flood = 20;
const within = 100;
/** Without a message for so many milliseconds, it goes to sleep. */
const quiet = 1000;

/**
 * Whether a worker is told of messages, or looks for them. NOTIFY locks the whole database at commit, so callers that send many
 * would wait for each other: then the worker marks itself awake in the store, and nobody notifies it.
 *
 * | | its mark | it looks |
 * | --- | --- | --- |
 * | asleep | asleep | when it is told, and at each poll |
 * | awake, while messages come | awake | every 10 to 200 ms |
 * | dozing, for a second | asleep | the same: who has read the old mark may commit after the new one |
 */
export class Lookout {
  #isAsleep = true;
  #dozesUntil = Number.NEGATIVE_INFINITY;
  #due = Number.NEGATIVE_INFINITY;
  #found = Number.NEGATIVE_INFINITY;
  #since = Number.NEGATIVE_INFINITY;
  #count = 0;

  /** When to look without being told; Infinity while asleep. Instants are milliseconds of one clock. */
  next(now: number): number {
    return !this.#isAsleep || now < this.#dozesUntil ? this.#due : Number.POSITIVE_INFINITY;
  }

  /** It has looked, for so many milliseconds. The mark that the store must have from now on, where that is another one. */
  saw(messages: number, took: number, now: number): "asleep" | "awake" | undefined {
    this.#due = now + Math.min(Math.max(glance, rest * took), longest);
    if (messages > 0) this.#found = now;
    if (now - this.#since > within) {
      this.#since = now;
      this.#count = 0;
    }
    this.#count += messages;
    if (this.#isAsleep) return this.#count >= flood ? "awake" : undefined;
    return now - this.#found > quiet ? "asleep" : undefined;
  }

  /** The store has the mark. */
  marked(mark: "asleep" | "awake", now: number): void {
    this.#isAsleep = mark === "asleep";
    this.#dozesUntil = now + quiet;
  }
}
