import { isInForce, type Rule, rulesFor, type Subject } from "../policy/rule.ts";
import { readRules } from "../store/rules.ts";
import type { Session } from "../store/session.ts";

/**
 * The rules that people have laid down, as this worker last read them: once a second, and when a change of them is told. Instances
 * that a rule stops are remembered here, and let go when the rules are others.
 */
export class Rulebook {
  readonly #session: Session;
  readonly #letGo: (ids: readonly number[]) => void;
  readonly #stopped = new Set<number>();
  #rules: readonly Rule[] = [];
  #inForce = "";

  constructor(session: Session, letGo: (ids: readonly number[]) => void) {
    this.#session = session;
    this.#letGo = letGo;
  }

  async read(now: number): Promise<void> {
    this.#rules = await readRules(this.#session, false);
    const inForce = this.#rules.filter((rule) => isInForce(rule, now)).map(({ id }) => id);
    if (inForce.join() === this.#inForce) return;
    this.#inForce = inForce.join();
    const ids = [...this.#stopped];
    this.#stopped.clear();
    this.#letGo(ids);
  }

  get isEmpty(): boolean {
    return this.#rules.length === 0;
  }

  isPaused(subject: Subject, now: number): boolean {
    return rulesFor(this.#rules, "pause", subject, now).length > 0;
  }

  /** Remembers an instance that may not go on until the rules are others. */
  stop(id: number): void {
    this.#stopped.add(id);
  }
}
