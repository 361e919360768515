/** The process in which a contender loads its keys, or works. Its parent is measure/contender-process.ts. */
import { setInterval as every } from "node:timers";
import type { Work } from "./contender.ts";
import { contender, type Name } from "./contenders.ts";

export type Request =
  | { readonly kind: "open"; readonly name: Name; readonly work: Work }
  | { readonly kind: "load" | "work" | "left" | "close" }
  | { readonly kind: "start"; readonly keys: readonly string[]; readonly apartMs: number };

export type Reply =
  | { readonly kind: "done" }
  | { readonly kind: "left"; readonly keys: number }
  /** How long each took from the call of start to the entry into its handler. */
  | { readonly kind: "started"; readonly latenciesMs: readonly number[] }
  | { readonly kind: "failed"; readonly message: string }
  /** So far. Sent by itself while it works. */
  | { readonly kind: "progress"; readonly steps: number; readonly finished: number };

let engine: Awaited<ReturnType<Awaited<ReturnType<typeof contender>>["open"]>> | undefined;
let steps = 0;
let finished = 0;
const firstEntries = new Map<string, (at: number) => void>();

process.on("message", (request: Request) => {
  answer(request).then(say, (error: unknown) =>
    say({ kind: "failed", message: error instanceof Error ? (error.stack ?? "") : String(error) }),
  );
});
// The parent has ended or wants no more. What this process has started is ended by its own listeners for "exit".
for (const end of ["disconnect", "SIGTERM"]) process.on(end, () => process.exit());

async function answer(request: Request): Promise<Reply> {
  switch (request.kind) {
    case "open":
      engine = await (await contender(request.name)).open(request.work);
      return { kind: "done" };
    case "load":
      await engine?.load();
      return { kind: "done" };
    case "work":
      every(() => say({ kind: "progress", steps, finished }), 10).unref();
      work();
      return { kind: "done" };
    case "left":
      return { kind: "left", keys: (await engine?.left()) ?? 0 };
    case "start":
      return { kind: "started", latenciesMs: await startEach(request.keys, request.apartMs) };
    case "close":
      await engine?.[Symbol.asyncDispose]();
      return { kind: "done" };
  }
}

function work(): void {
  engine
    ?.work((state, key) => {
      steps++;
      if (state === "four") finished++;
      if (state === "one" && firstEntries.size > 0) firstEntries.get(key)?.(performance.now());
    })
    .catch((error: unknown) => say({ kind: "failed", message: String(error) }));
}

async function startEach(keys: readonly string[], apartMs: number): Promise<number[]> {
  const latencies: Promise<number>[] = [];
  for (const key of keys) {
    const entry = Promise.withResolvers<number>();
    firstEntries.set(key, entry.resolve);
    const called = performance.now();
    latencies.push(entry.promise.then((entered) => entered - called));
    await engine?.start(key);
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, called + apartMs - performance.now())));
  }
  return Promise.all(latencies);
}

/** A parent that has gone is heard of as a disconnect, and need not be told anything. */
function say(reply: Reply): void {
  if (process.connected) process.send?.(reply, undefined, undefined, () => undefined);
}
