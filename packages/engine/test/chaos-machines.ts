import pg from "pg";
import { z } from "zod";
import { type Machine, machine } from "../src/index.ts";

/**
 * Machines for the chaos suite. A walk counts its own transitions in its data, so that a lost or doubled one shows; it takes a
 * signal of each number once; it starts a child and waits for it. Handlers note each attempt in a table outside of fettle.
 */
export function chaosMachines(url: string): Machine[] {
  const pool = new pg.Pool({ connectionString: url, max: 4 });
  pool.on("error", () => {});
  const note = async (it: { key: string; token: string; attempt: number }) => {
    await pool.query("insert into attempt (token, pid) values ($1, $2)", [it.token, process.pid]);
  };

  const child = machine({
    name: "chaos/child",
    data: z.object({ moves: z.number() }),
    start: "one",
    transitions: { one: ["two"], two: [] },
    states: {
      async one(it) {
        await note(it);
        return it.to("two", { moves: it.data.moves + 1 });
      },
      two: async (it) => it.done(it.data.moves),
    },
  });
  const walk = machine({
    name: "chaos/walk",
    data: z.object({ moves: z.number(), laps: z.number(), heard: z.array(z.number()) }),
    signals: { number: z.number() },
    start: "walking",
    transitions: { walking: ["resting", "spawning"], resting: ["walking"], spawning: ["meeting"], meeting: ["listening"], listening: [] },
    policy: {
      walking: { timeout: "5s", retry: { attempts: 1000, first: "20ms", cap: "50ms" } },
      resting: { timeout: "5s", retry: { attempts: 1000, first: "20ms", cap: "50ms" } },
    },
    states: {
      async walking(it) {
        await note(it);
        await pause(it.token, 60, it.abort);
        if (it.data.laps === 0) return it.to("spawning", { moves: it.data.moves + 1 });
        return it.to("resting", { moves: it.data.moves + 1 });
      },
      async resting(it) {
        await note(it);
        await pause(it.token, 30, it.abort);
        if (hash(it.token) % 5 === 0 && it.attempt === 1) throw new Error("now and then an attempt fails");
        return it.to("walking", { moves: it.data.moves + 1, laps: it.data.laps - 1 });
      },
      async spawning(it) {
        it.spawn(child, { key: `${it.key}-child`, input: { moves: 0 } });
        return it.to("meeting", { moves: it.data.moves + 1 });
      },
      async meeting(it) {
        const [only] = await it.children();
        if (only?.status !== "done") return it.wait("10m");
        return it.to("listening", { moves: it.data.moves + 1 });
      },
      async listening(it) {
        const number = it.take("number");
        const heard = number === undefined ? it.data.heard : [...it.data.heard, number];
        if (number !== undefined) return it.wait(heard.length < 3 ? "10m" : "1ms", { heard });
        if (it.data.heard.length < 3) return it.wait("10m");
        return it.done();
      },
    },
  });
  /** Leaves its state when the test opens the gate for the process that runs the handler. */
  const gated = machine({
    name: "chaos/gated",
    data: z.object({}),
    start: "waiting",
    transitions: { waiting: ["through"], through: [] },
    policy: { waiting: { timeout: "1h" } },
    states: {
      async waiting(it) {
        await note(it);
        while (true) {
          const { rowCount } = await pool.query("select from gate where pid = $1", [process.pid]);
          if (rowCount) return it.to("through");
          await pause(it.token, 20, it.abort);
        }
      },
      through: async (it) => it.done(),
    },
  });
  const endless = machine({
    name: "chaos/endless",
    data: z.object({}),
    start: "looping",
    transitions: { looping: [] },
    states: {
      async looping(it) {
        while (it.key === "loop-at-once") Math.random();
        await note(it);
        while (it.key === "loop") Math.random();
        return it.done();
      },
    },
  });
  const deaf = machine({
    name: "chaos/deaf",
    data: z.object({}),
    start: "hanging",
    transitions: { hanging: [] },
    policy: { hanging: { timeout: "100ms", retry: { attempts: 50 } } },
    states: {
      async hanging(it) {
        await note(it);
        return new Promise<never>(() => {});
      },
    },
  });
  /** Sleeps by stored timers, and notes how far its machine's wall clock is from the database's. */
  const timer = machine({
    name: "chaos/timer",
    data: z.object({ moves: z.number(), sleeps: z.boolean(), skews: z.array(z.number()) }),
    start: "sleeping",
    transitions: { sleeping: ["awake"], awake: ["sleeping"] },
    states: {
      async sleeping(it) {
        await note(it);
        if (!it.data.sleeps) return it.wait("1500ms", { sleeps: true, skews: [...it.data.skews, Date.now() - it.now().getTime()] });
        return it.to("awake", { moves: it.data.moves + 1 });
      },
      async awake(it) {
        if (it.data.moves > 5) return it.done();
        return it.to("sleeping", { moves: it.data.moves + 1, sleeps: false });
      },
    },
  });
  return [child, walk, gated, endless, deaf, timer];
}

function pause(token: string, most: number, abort: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, hash(token) % most);
    abort.addEventListener("abort", () => {
      clearTimeout(timer);
      reject(abort.reason);
    });
  });
}

function hash(text: string): number {
  let value = 17;
  for (const letter of text) value = (value * 31 + letter.charCodeAt(0)) >>> 0;
  return value;
}
