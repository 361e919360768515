/** A machine is tested without a store or a real clock, and explored with a crash at each of its commits. */

import { machine } from "fettle";
import { explore, testWorld } from "fettle/testing";
import { z } from "zod";

/** What the machine acts on, and what a test puts in its place. */
interface Service {
  answers(): boolean;
  start(token: string): void;
}

const restart = (service: Service) =>
  machine({
    name: "restart",
    data: z.object({}),
    start: "looking",
    transitions: { looking: ["starting", "well"], starting: ["looking"], well: [] },
    deadlines: [{ reach: "well", within: "5m", page: { severity: "critical", say: "the restart is late" } }],
    states: {
      async looking(it) {
        if (service.answers()) return it.to("well");
        return it.now().getTime() - it.since.getTime() < 60_000 ? it.wait("10s") : it.to("starting");
      },
      async starting(it) {
        service.start(it.token);
        return it.to("looking");
      },
      async well(it) {
        return it.done();
      },
    },
  });

// One way, under a clock that the test moves.
let isUp = false;
const started: string[] = [];
const web = restart({ answers: () => isUp, start: (token) => started.push(token) });
const t = testWorld([web]);
await t.start(web, "web-1", {});
await t.advance("4m");
console.log(`after 4 minutes: ${t.show(web, "web-1").state}, started ${started.length} times, pages: ${t.pages().join() || "none"}`);
await t.advance("2m");
console.log(`after 6 minutes: ${t.show(web, "web-1").state}, started ${started.length} times, pages: ${t.pages().join() || "none"}`);
isUp = true;
await t.advance("1m");
console.log(`when it answers: ${t.show(web, "web-1").status}, pages: ${t.pages().join() || "none"}`);

// Every way: random answers, and a crash before and after each commit. The careless service starts twice under one token.
const world = (isCareful: boolean) => (random: () => number) => {
  const seen = new Set<string>();
  return {
    starts: 0,
    tokens: seen,
    answers: () => random() < 0.2,
    start(token: string) {
      if (isCareful && seen.has(token)) return;
      this.starts++;
      seen.add(token);
    },
  };
};
const check = ({ starts, tokens }: { starts: number; tokens: Set<string> }) => {
  if (starts > tokens.size) throw new Error("it was started twice for one visit");
};
const { walks, states } = await explore(restart, { world: world(true), input: {}, check });
console.log(`careful: ${walks} walks through ${[...states.keys()].join(", ")}, no harm found`);
try {
  await explore(restart, { world: world(false), input: {}, check });
} catch (error) {
  console.log(`careless: ${error instanceof Error ? error.message : String(error)}`);
}

// It prints:
// after 4 minutes: looking, started 4 times, pages: none
// after 6 minutes: looking, started 6 times, pages: the restart is late
// when it answers: done, pages: none
// careful: 107 walks through looking, well, starting, no harm found
// careless: restart fails with seed 15: it was started twice for one visit; it walked looking → starting → looking
