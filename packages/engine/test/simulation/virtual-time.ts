import { syncBuiltinESMExports } from "node:module";
import timers, { type setTimeout as sleep } from "node:timers/promises";
import type { Scheduler, Timer } from "./scheduler.ts";

/**
 * Gives this whole process the time, the timers and the chance of a scheduler, until it is disposed: the code that is simulated is the
 * code that runs, and need not know. Each timer belongs to the process whose event it was set in.
 */
export function virtualTime(scheduler: Scheduler): Disposable {
  const later = (ring: () => void, ms = 0) => after(scheduler, ms, ring);
  const restore = [
    replace(globalThis, "setTimeout", later as never),
    replace(globalThis, "setInterval", ((ring: () => void, ms = 0) => every(scheduler, ms, ring)) as never),
    replace(globalThis, "setImmediate", ((act: () => void) => scheduler.turn(act)) as never),
    ...(["clearTimeout", "clearInterval"] as const).map((name) =>
      replace(globalThis, name, ((timer?: Timer) => timer && scheduler.cancel(timer)) as never),
    ),
    replace(performance, "now", () => clock(scheduler)),
    replace(process.hrtime, "bigint", () => BigInt(Math.round(clock(scheduler) * 1e6))),
    replace(Math, "random", scheduler.random),
    replace(
      timers,
      "setTimeout",
      ((ms: number, value: never) => new Promise((resolve) => later(() => resolve(value), ms))) as typeof sleep,
    ),
  ];
  syncBuiltinESMExports();
  return {
    [Symbol.dispose]() {
      for (const undo of restore) undo();
      syncBuiltinESMExports();
    },
  };
}

function replace<Owner extends object, Name extends keyof Owner>(owner: Owner, name: Name, by: Owner[Name]): () => void {
  const own = Object.getOwnPropertyDescriptor(owner, name);
  Object.defineProperty(owner, name, { value: by, configurable: true, writable: true });
  return () => {
    if (own) Object.defineProperty(owner, name, own);
    else delete owner[name];
  };
}

function clock({ current, now }: Scheduler): number {
  return current ? current.clock(now) : now;
}

function after(scheduler: Scheduler, ms: number, ring: () => void): Timer {
  return scheduler.at(scheduler.now + Math.max(ms, 0) + scheduler.lateness(), scheduler.current, "its timer rings", ring);
}

function every(scheduler: Scheduler, ms: number, ring: () => void): Timer {
  const timer: Timer = { event: undefined };
  const again = () => {
    timer.event = after(scheduler, ms, () => {
      again();
      ring();
    }).event;
  };
  again();
  return timer;
}
