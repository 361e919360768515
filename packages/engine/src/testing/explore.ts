import { type Duration, milliseconds } from "../machine/duration.ts";
import type { Machine } from "../machine/machine.ts";
import { type TestWorld, testWorld } from "./world.ts";

export interface Exploration<Outside, Data> {
  /** Makes what the machine acts on, afresh for each walk. `random` (0 to 1) decides how it answers, so that a seed repeats a walk. */
  readonly world: (random: () => number) => Outside;
  readonly input: Data;
  /** Called after each attempt: throws when a second attempt did a second harm, or anything else that must never be so. */
  readonly check?: (outside: Outside) => void;
  /** Machines that the explored one spawns. */
  readonly others?: (outside: Outside) => readonly Machine[];
  /** Default 1. */
  readonly seed?: number;
  /** Random walks, besides those that crash once at each commit. Default 100. */
  readonly walks?: number;
  /** A walk that waits longer than this, in the machine's own time, is at rest. Default 7d. */
  readonly horizon?: Duration;
}

export interface Explored {
  readonly walks: number;
  /** How often each state was entered, over all walks. */
  readonly states: ReadonlyMap<string, number>;
}

const longestWalk = 5000;
type Crash = "before-commit" | "after-commit" | undefined;

/**
 * Walks a machine with random answers of the world and crashes: once at each commit, before it and after it, and then at random.
 * Every walk must end, wait for something, or be on the attention list. Throws, with the seed and the way walked, when one does not.
 */
export async function explore<Outside, Data>(
  make: (outside: Outside) => Machine<Data>,
  options: Exploration<Outside, Data>,
): Promise<Explored> {
  const states = new Map<string, number>();
  const seed = options.seed ?? 1;
  let walks = 0;
  const walk = async (number: number, crashAt: (step: number, random: () => number) => Crash) => {
    walks++;
    return walkOnce(make, options, number, crashAt, states);
  };
  const commits = await walk(seed, () => undefined);
  for (let commit = 0; commit < Math.min(commits, 200); commit++) {
    await walk(seed, (step) => (step === commit ? "before-commit" : undefined));
    await walk(seed, (step) => (step === commit ? "after-commit" : undefined));
  }
  for (let number = 1; number <= (options.walks ?? 100); number++) {
    await walk(
      seed + number,
      (_step, random) => (["before-commit", "after-commit", undefined, undefined, undefined] as const)[Math.floor(random() * 5)],
    );
  }
  return { walks, states };
}

async function walkOnce<Outside, Data>(
  make: (outside: Outside) => Machine<Data>,
  options: Exploration<Outside, Data>,
  seed: number,
  crashAt: (step: number, random: () => number) => Crash,
  states: Map<string, number>,
): Promise<number> {
  const outside = options.world(generator(seed));
  const chance = generator(seed ^ 0x5bd1e995);
  const explored = make(outside);
  const t = testWorld([explored, ...(options.others?.(outside) ?? [])], chance);
  const horizon = t.now().getTime() + milliseconds(options.horizon ?? "7d");
  const walked = () =>
    t
      .history(explored, "explored")
      .map((entry) => entry.to ?? entry.kind)
      .join(" → ");
  let steps = 0;
  try {
    await t.begin(explored, "explored", options.input);
    while (isMoving(t, horizon)) {
      if (++steps > longestWalk) throw new Error(`It does not come to an end in ${longestWalk} attempts`);
      const crash = crashAt(steps, chance);
      if (crash) t.crash(crash);
      await t.step();
      options.check?.(outside);
    }
  } catch (cause) {
    throw new Error(
      `${explored.name} fails with seed ${seed}: ${cause instanceof Error ? cause.message : String(cause)}; it walked ${walked()}`,
      { cause },
    );
  }
  for (const entry of t.history(explored, "explored")) if (entry.to) states.set(entry.to, (states.get(entry.to) ?? 0) + 1);
  return steps;
}

function isMoving(t: TestWorld, horizon: number): boolean {
  const next = t.next();
  return next !== undefined && next.getTime() <= horizon;
}

/** mulberry32: a small seeded generator of numbers from 0 to 1. */
export function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
