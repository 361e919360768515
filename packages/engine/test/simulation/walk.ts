import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { FettleError } from "../../src/error.ts";
import { none } from "../../src/machine/it.ts";
import { type Machine, machine } from "../../src/machine/machine.ts";

/** What the machines ask of the world they are in. */
export interface Scene {
  random(): number;
  /** Whether this visit may be stuck: each may once. */
  mayBeStuck(token: string): boolean;
  /** An attempt in this process. Disposed when its handler has come back. */
  attempt(name: string, state: string): Disposable;
}

export const numbersEach = 3;
export const failure = "SLIPPED";

const retry = { attempts: 10_000, first: "10ms", cap: "100ms" } as const;
const walkData = z.object({ moves: z.number(), heard: z.array(z.number()), hellos: z.number() });
const childData = z.object({ moves: z.number() });

/**
 * A walk hears three numbers, sends a child out, hears hello from it, and sees it at its end; by the way it fails, takes too long,
 * waits in every manner, and is stuck until a person retries it. Both count their transitions.
 */
export function walks(scene: Scene): Machine[] {
  const { random } = scene;
  const child = machine({
    name: "child",
    data: childData,
    start: "one",
    transitions: { one: ["two"], two: [] },
    policy: { one: { retry }, two: { retry, timeout: "50ms" } },
    states: {
      async one(it) {
        using _attempt = scene.attempt(`child ${it.key}`, it.state);
        await pause(random);
        return it.to("two", { moves: it.data.moves + 1 });
      },
      async two(it) {
        using _attempt = scene.attempt(`child ${it.key}`, it.state);
        it.send({ machine: "walk", key: it.key }, "hello");
        await pause(random);
        return it.done(it.data.moves);
      },
    },
  });
  const walk = machine({
    name: "walk",
    data: walkData,
    signals: { number: z.number(), hello: none },
    start: "trying",
    transitions: { trying: ["listening"], listening: ["parting"], parting: ["meeting"], meeting: ["ending"], ending: [] },
    policy: { trying: { retry, timeout: "50ms" }, listening: { retry }, parting: { retry }, meeting: { retry }, ending: { retry } },
    deadlines: [{ in: ["parting", "meeting"], reach: "ending", within: "1m", page: { severity: "warning", say: "the walk is late" } }],
    states: {
      async trying(it) {
        using _attempt = scene.attempt(`walk ${it.key}`, it.state);
        await pause(random);
        if (random() < 0.2) throw new FettleError(failure, "It slips now and then");
        return it.to("listening", { moves: it.data.moves + 1 });
      },
      async listening(it) {
        using _attempt = scene.attempt(`walk ${it.key}`, it.state);
        const heard = [...it.data.heard];
        for (let number = it.take("number"); number !== undefined; number = it.take("number")) {
          heard.push(number);
          if (random() < 0.3) break;
        }
        await pause(random);
        if (heard.length >= numbersEach) return it.to("parting", { moves: it.data.moves + 1, heard });
        if (heard.length > it.data.heard.length) return it.wait("1h", { heard });
        return random() < 0.5 ? it.wait("1h", {}) : it.wait("59s");
      },
      async parting(it) {
        using _attempt = scene.attempt(`walk ${it.key}`, it.state);
        it.spawn(child, { key: it.key, input: { moves: 0 } });
        await pause(random);
        return it.to("meeting", { moves: it.data.moves + 1 });
      },
      async meeting(it) {
        using _attempt = scene.attempt(`walk ${it.key}`, it.state);
        let hellos = it.data.hellos;
        while (it.take("hello")) hellos++;
        const children = await it.children();
        const isMet = hellos > 0 && children.every(({ status }) => status === "done");
        await pause(random);
        if (isMet) return it.to("ending", { moves: it.data.moves + 1, hellos });
        return hellos > it.data.hellos ? it.wait("1h", { hellos }) : it.wait("1h");
      },
      async ending(it) {
        using _attempt = scene.attempt(`walk ${it.key}`, it.state);
        await pause(random);
        if (random() < 0.3 && scene.mayBeStuck(it.token)) return it.stuck("a person must look");
        return it.done(it.data.moves);
      },
    },
  });
  return [walk, child];
}

/** No time at all, some turns of the microtasks, or so long that some attempts take too long. */
async function pause(random: () => number): Promise<void> {
  const chance = random();
  if (chance < 0.4) return;
  if (chance < 0.6) for (let turns = random() * 12; turns > 0; turns--) await undefined;
  else await sleep(random() * 80);
}
