import { deadlineChanges } from "../../src/machine/deadline.ts";
import type { Machine } from "../../src/machine/machine.ts";
import { sendMessage } from "../../src/store/send-message.ts";
import { startRun } from "../../src/store/start-run.ts";
import type { Model, ModelInstance } from "./model.ts";
import { modelSession } from "./model-session.ts";
import type { Scheduler } from "./scheduler.ts";
import { numbersEach } from "./walk.ts";

/** What was acknowledged: of each run, the numbers that were sent to it. */
export type Acknowledged = ReadonlyMap<string, readonly number[][]>;

const who = { by: "a person", why: "" };
const again = 50;

/** Those who start walks, send them numbers, start them again when they are done, and retry what is stuck. */
export class People {
  readonly acknowledged = new Map<string, number[][]>();
  readonly #runsLeft = new Map<string, number>();
  /** What they have not done yet. */
  busy = 0;
  readonly #scheduler: Scheduler;
  readonly #model: Model;
  readonly #walk: Machine;
  readonly #isAway: () => boolean;

  constructor(scheduler: Scheduler, model: Model, walk: Machine, isAway: () => boolean) {
    this.#scheduler = scheduler;
    this.#model = model;
    this.#walk = walk;
    this.#isAway = isAway;
  }

  plan(key: string, runs: number): void {
    const { random } = this.#scheduler;
    this.acknowledged.set(key, []);
    this.#runsLeft.set(key, runs);
    this.#act(random() * 100, `starts ${key}`, () => this.#start(key));
  }

  /** An instance has moved. */
  hear(instance: ModelInstance): void {
    if (instance.status === "stuck") this.#retry(instance);
    if (instance.status === "done") this.#startAgain(instance);
  }

  #startAgain({ machine, key }: ModelInstance): void {
    if (machine !== this.#walk.name || !this.#runsLeft.get(key)) return;
    this.#act(this.#scheduler.random() * 50, `starts ${key} again`, () => this.#start(key));
  }

  #retry({ machine, key }: ModelInstance): void {
    this.#act(this.#scheduler.random() * 100, `retries ${key}`, async () => {
      await sendMessage(modelSession(this.#model), { machine, key, kind: "retry", name: null, payload: null, ...who });
      return true;
    });
  }

  async #start(key: string): Promise<boolean> {
    const { name, version, start } = this.#walk;
    const { arm } = deadlineChanges(this.#walk, undefined, start);
    const data = JSON.stringify({ moves: 0, heard: [], hellos: 0 });
    const session = modelSession(this.#model);
    const begin = { machine: name, key, version, state: start, data, labels: {}, again: true, deadlines: arm, ...who };
    if ((await startRun(session, begin)).answer === "kept") return false;
    this.#runsLeft.set(key, (this.#runsLeft.get(key) ?? 0) - 1);
    const numbers: number[] = [];
    this.acknowledged.get(key)?.push(numbers);
    this.#send(key, numbers);
    return true;
  }

  #send(key: string, numbers: number[]): void {
    const { random } = this.#scheduler;
    const number = numbers.length + 1;
    this.#act(random() * (random() < 0.5 ? 10 : 150), `sends ${number} to ${key}`, async () => {
      const session = modelSession(this.#model);
      await sendMessage(session, { machine: this.#walk.name, key, kind: "signal", name: "number", payload: String(number), ...who });
      if (numbers.push(number) < numbersEach) this.#send(key, numbers);
      return true;
    });
  }

  /** Tries again until `does` is true. */
  #act(after: number, what: string, does: () => Promise<boolean>): void {
    this.busy++;
    this.#scheduler.at(this.#scheduler.now + after, undefined, `a person ${what}`, async () => {
      this.busy--;
      if (this.#isAway() || !(await does())) this.#act(again, what, does);
    });
  }
}
