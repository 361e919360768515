import { z } from "zod";
import { machine, none } from "../../src/index.ts";

const child = machine({
  name: "stored/child",
  data: z.object({}),
  signals: { go: none },
  start: "waiting",
  transitions: { waiting: [] },
  states: { waiting: async (it) => (it.take("go") ? it.done("grown") : it.wait("365d")) },
});

/** In each state something else is kept of it: a wait of a year, signals nobody took yet, a child, a retry, a place in a line. */
const walk = machine({
  name: "stored/walk",
  data: z.object({ heard: z.array(z.number()).default([]) }),
  signals: { go: none, number: z.number() },
  start: "asleep",
  transitions: { asleep: ["spawning"], spawning: ["meeting"], meeting: ["alone"], alone: ["failing"], failing: [] },
  policy: { alone: { limit: { most: 1 } }, failing: { retry: { attempts: 1 } } },
  states: {
    asleep: async (it) => (it.take("go") ? it.to("spawning") : it.wait("365d")),
    async spawning(it) {
      it.spawn(child, { key: `${it.key}-child`, input: {} });
      return it.to("meeting");
    },
    async meeting(it) {
      const [only] = await it.children();
      return only?.status === "done" ? it.to("alone") : it.wait("365d");
    },
    async alone(it) {
      const number = it.take("number");
      if (number !== undefined) return it.wait("1ms", { heard: [...it.data.heard, number] });
      return it.take("go") ? it.to("failing") : it.wait("365d");
    },
    async failing(it) {
      if (it.take("go")) return it.done(it.data.heard);
      throw new Error("It fails until it is told to go");
    },
  },
});

export const machines = [walk, child];

/** The keys of those that were left there before their end, in an order in which each can come to it. */
export const left = ["is-alone", "is-in-line", "is-stuck", "has-a-child", "is-asleep"] as const;
