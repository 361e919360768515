import { rangeOfId } from "../../src/store/slot.ts";
import type { Model, ModelInstance } from "./model.ts";
import type { Witnessed } from "./model-commit.ts";
import type { Acknowledged } from "./people.ts";
import { failure, numbersEach } from "./walk.ts";

/** What must hold whenever a commit is done: under a lease that is the worker's, and with every instance in its place. */
export function* complaintsOf(model: Model, { owner, named, moved }: Witnessed): Iterable<string> {
  for (const instance of moved) {
    const { id, machine, key, state, status, due } = instance;
    const lease = model.leases.get(rangeOfId(id));
    if (lease?.owner !== owner || lease.epoch !== named.get(rangeOfId(id))) yield `${machine} ${key} was committed under a stale lease`;
    if (status === "running" && due === null) yield `${machine} ${key} is in ${state} and is never due`;
    if (status === "stuck" && !isOnTheList(model, id)) yield `${machine} ${key} is stuck and not on the attention list`;
  }
}

/** What must hold when all has come to its end. */
export function* complaintsAtTheEnd(model: Model, acknowledged: Acknowledged): Iterable<string> {
  for (const [key, runs] of acknowledged) yield* complaintsOfWalk(model, key, runs);
  for (const instance of model.instances.values()) yield* complaintsOfHistory(model, instance);
  for (const [name, table] of Object.entries({ deadline: model.deadlines, message: model.inbox, cause: model.attention }))
    if (table.size > 0) yield `a ${name} is left, and every run is done`;
  for (const { kind, detail } of model.history)
    if (kind === "failed" && !detail?.includes(failure) && !detail?.includes("ATTEMPT_TIMEOUT")) yield `a retry was spent by ${detail}`;
}

function* complaintsOfWalk(model: Model, key: string, runs: readonly number[][]): Iterable<string> {
  const walk = model.find("walk", key);
  if (walk?.run !== runs.length) return yield `walk ${key} was started ${runs.length} times, and has ${walk?.run ?? 0} runs`;
  const { heard, hellos } = JSON.parse(walk.data) as { heard: number[]; hellos: number };
  if (heard.join() !== runs.at(-1)?.join()) yield `walk ${key} was sent ${runs.at(-1)?.join()}, and has heard ${heard.join()}`;
  if (hellos !== 1) yield `walk ${key} has heard hello ${hellos} times from one child`;
  for (let run = 1; run <= runs.length; run++) {
    const taken = model.history.filter((entry) => entry.instance === walk.id && entry.run === run && entry.kind === "took");
    const of = (signal: string) => taken.filter((entry) => entry.signal === signal).length;
    if (of("number") !== numbersEach || of("hello") !== 1)
      yield `walk ${key}, run ${run}, has taken ${of("number")} of ${numbersEach} numbers and ${of("hello")} of 1 hello`;
  }
}

/** Each transition once: the steps are 1, 2, 3, …, each from where the last one led, and as many as the data has counted. */
function* complaintsOfHistory(model: Model, { id, machine, key, run: last, data }: ModelInstance): Iterable<string> {
  const entries = model.history.filter((entry) => entry.instance === id);
  for (let run = 1; run <= last; run++) {
    const of = (kind: string) => entries.filter((entry) => entry.run === run && entry.kind === kind);
    for (const kind of ["started", "done"])
      if (of(kind).length !== 1) yield `${machine} ${key}, run ${run}, has ${kind} ${of(kind).length} times`;
    const moves = of("moved");
    const isChain = moves.every(({ step, from }, at) => step === at + 1 && from === (at === 0 ? of("started")[0]?.to : moves[at - 1]?.to));
    if (!isChain)
      yield `${machine} ${key}, run ${run}, has gone ${moves.map(({ step, from, to }) => `${step}: ${from} → ${to}`).join(", ")}`;
    const counted = (JSON.parse(data) as { moves: number }).moves;
    if (run === last && counted !== moves.length) yield `${machine} ${key} has counted ${counted} moves, and history has ${moves.length}`;
  }
}

function isOnTheList(model: Model, id: number): boolean {
  for (const { instance } of model.attention.values()) if (instance === id) return true;
  return false;
}
