import { FettleError } from "../../src/error.ts";
import { type Session, StatementRefused } from "../../src/store/session.ts";
import { numbers } from "./columns.ts";
import type { Model } from "./model.ts";
import type { Witnessed } from "./model-commit.ts";
import { type Known, known } from "./model-statements.ts";
import type { Process, Scheduler } from "./scheduler.ts";

/** What becomes of a statement. `late`: its answer is given up, and it is done some time after that. */
type Fate = "well" | "at once" | "answer lost" | "never done" | "late" | "deadlock";

interface Route {
  readonly scheduler: Scheduler;
  readonly model: Model;
  readonly witness: (what: Witnessed) => void;
  /** True for what is asked of ranges in which nothing ever is. */
  readonly isIdle: (statement: Known, values: readonly unknown[]) => boolean;
}

/** How long a statement may still be on its way after its answer was given up. Milliseconds. */
const longestWay = 1500;

/** Between the workers and the store: a statement is done some time after it was asked, and is answered some time after that, or not. */
export class Network {
  isAway = false;
  isRough = true;
  /** Statements that somebody has given up, and that may still be done. */
  onTheirWay = 0;
  readonly #route: Route;
  readonly #haste: number;
  readonly #loss: number;
  readonly #deadlocks: number;

  constructor(route: Route) {
    this.#route = route;
    const { random } = route.scheduler;
    this.#haste = 0.3 + random() * 0.7;
    this.#loss = random() < 0.4 ? 0 : random() * 0.15;
    this.#deadlocks = random() < 0.7 ? 0 : random() * 0.1;
  }

  connect(process: Process): Session {
    const query = <Row>(text: string, values: readonly unknown[] = []) => this.#ask(process, known(text), values) as Promise<Row[]>;
    return { query, run: (statement, values) => query(statement.text, values) };
  }

  async #ask(process: Process, statement: Known, values: readonly unknown[]): Promise<object[]> {
    const { model, scheduler, isIdle } = this.#route;
    if (isIdle(statement, values)) return statement.answer(model, values);
    const fate = this.#fateOf(statement);
    const what = scheduler.isTold ? this.#spell(statement, values) : "";
    if (fate === "at once" && !this.isAway) {
      scheduler.tell(`${what}: done and answered at once`);
      return this.#do(statement, values);
    }
    scheduler.tell(`asks: ${what}`);
    const { promise, resolve, reject } = Promise.withResolvers<object[]>();
    const fail = (error: Error) => scheduler.soon(process, `is not answered: ${what}`, () => reject(error));
    scheduler.soon(undefined, `${this.isAway ? "away" : fate}: ${process.name}: ${what}`, () => {
      if (this.isAway || fate === "never done") return fail(storeAway());
      if (fate === "deadlock") return fail(deadlock());
      if (fate === "late") {
        this.#later(process, statement, values, what);
        return fail(storeAway());
      }
      const rows = this.#do(statement, values);
      if (fate === "answer lost") return fail(storeAway());
      scheduler.soon(process, `is answered: ${what}`, () => resolve(rows));
    });
    return promise;
  }

  #later(process: Process, statement: Known, values: readonly unknown[], what: string): void {
    const { scheduler } = this.#route;
    this.onTheirWay++;
    scheduler.at(scheduler.now + scheduler.random() * longestWay, undefined, `done late: ${process.name}: ${what}`, () => {
      this.onTheirWay--;
      this.#do(statement, values);
    });
  }

  #do(statement: Known, values: readonly unknown[]): object[] {
    return statement.answer(this.#route.model, values, this.#route.witness);
  }

  #fateOf({ name }: Known): Fate {
    const { random } = this.#route.scheduler;
    if (this.isRough && random() < this.#loss) return (["answer lost", "never done", "late"] as const)[Math.floor(random() * 3)] ?? "late";
    if (this.isRough && name.startsWith("commit") && random() < this.#deadlocks) return "deadlock";
    return random() < this.#haste ? "at once" : "well";
  }

  #spell({ name }: Known, values: readonly unknown[]): string {
    if (!name.startsWith("commit")) return name;
    const { instances } = this.#route.model;
    const revs = numbers(values[4]);
    return `${name} ${numbers(values[3])
      .map((id, at) => `${instances.get(id as number)?.machine} ${instances.get(id as number)?.key} from revision ${revs[at]}`)
      .join(", ")}`;
  }
}

function storeAway(): FettleError {
  return new FettleError("STORE_AWAY", "The store does not answer");
}

function deadlock(): StatementRefused {
  return new StatementRefused("40P01", new Error("deadlock detected"));
}
