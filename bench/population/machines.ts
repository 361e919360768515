import { machine, none } from "@fettle/engine";
import { z } from "zod";

/** Called as a handler begins. */
export type Entered = (machine: string, key: string) => void;

const data = z.object({ cluster: z.string(), region: z.string(), primary: z.string(), candidate: z.string() });

/** About 150 bytes, KEY to be replaced. */
export const exampleData = {
  cluster: "KEY",
  region: "eu-central-1",
  primary: "db-0017.eu-central-1.example.net",
  candidate: "db-0042.eu-central-1.example.net",
} satisfies z.infer<typeof data>;

/** Asleep for longer than any bench takes. */
export function sleeper(entered: Entered) {
  return machine({
    name: "bench/sleeper",
    version: 1,
    data,
    start: "asleep",
    transitions: { asleep: [] },
    states: {
      async asleep(it) {
        entered("bench/sleeper", it.key);
        return it.wait("30d");
      },
    },
  });
}

/** Looks at something healthy every 30 seconds. */
export function watcher(entered: Entered) {
  return machine({
    name: "bench/watcher",
    version: 1,
    data,
    start: "watching",
    transitions: { watching: [] },
    states: {
      async watching(it) {
        entered("bench/watcher", it.key);
        return it.wait("30s");
      },
    },
  });
}

/** Says that its range of slots is worked on. */
export function probe(entered: Entered) {
  return machine({
    name: "bench/probe",
    version: 1,
    data,
    start: "due",
    transitions: { due: [] },
    states: {
      async due(it) {
        entered("bench/probe", it.key);
        return it.wait("30d");
      },
    },
  });
}

/** Takes the signals that it is sent. */
export function listener() {
  return machine({
    name: "bench/listener",
    version: 1,
    data,
    signals: { ping: none },
    start: "listening",
    transitions: { listening: [] },
    states: {
      async listening(it) {
        while (it.take("ping"));
        return it.wait("1h");
      },
    },
  });
}
