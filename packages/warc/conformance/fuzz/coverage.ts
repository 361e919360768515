import { Session } from "node:inspector/promises";

/** Tells which parts of the library have never been run before. */
export class Coverage implements AsyncDisposable {
  readonly #session = new Session();
  readonly #seen = new Set<string>();

  static async start(): Promise<Coverage> {
    const coverage = new Coverage();
    coverage.#session.connect();
    await coverage.#session.post("Profiler.enable");
    await coverage.#session.post("Profiler.startPreciseCoverage", { callCount: true, detailed: true });
    return coverage;
  }

  /** Whether anything has been run since it was last asked that had not been run before. */
  async isNew(): Promise<boolean> {
    const { result } = await this.#session.post("Profiler.takePreciseCoverage");
    const before = this.#seen.size;
    for (const { url, functions } of result) {
      if (!url.includes("/packages/warc/src/")) continue;
      for (const { ranges } of functions)
        for (const { count, startOffset, endOffset } of ranges) if (count > 0) this.#seen.add(`${url} ${startOffset} ${endOffset}`);
    }
    return this.#seen.size > before;
  }

  /** How many parts have been run so far. */
  get size(): number {
    return this.#seen.size;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#session.post("Profiler.stopPreciseCoverage");
    this.#session.disconnect();
  }
}
