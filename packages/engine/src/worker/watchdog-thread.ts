import { writeSync } from "node:fs";
import { parentPort, workerData } from "node:worker_threads";
import { portSession } from "../store/port-session.ts";
import { connectPostgres } from "../store/postgres.ts";
import { logLine } from "./log.ts";
import { renewLease } from "./renew-lease.ts";
import { strike } from "./strike.ts";
import { monotonic, Vitals } from "./vitals.ts";
import type { Charge } from "./watchdog.ts";

const { store, buffer, lease, format } = workerData as Charge;
const vitals = new Vitals(buffer);
const session = store.kind === "postgres" ? connectPostgres(store.url) : portSession(store.port, new Promise<never>(() => {}));

const tick = 250;
/** Ticks, not time: a process that was stopped and woken again has not been blocked. */
const mostStillTicks = Math.max(4, lease / 2 / tick);
const mostLateTicks = Math.max(4, lease / 4 / tick);

let worker: string | undefined;
let renewed = 0n;
let renewing = false;
let beats = 0n;
let stillTicks = 0;
let lateTicks = 0;

parentPort?.on("message", (id: string) => {
  worker = id;
  renewed = monotonic();
});

setInterval(() => {
  const now = monotonic();
  stillTicks = vitals.beats === beats ? stillTicks + 1 : 0;
  beats = vitals.beats;
  lateTicks = now > vitals.leasedUntil && vitals.running().length > 0 ? lateTicks + 1 : 0;
  if (stillTicks === Math.floor(mostStillTicks)) void endBlocked();
  if (lateTicks > mostLateTicks) end("its lease has ended and handlers still run");
  if (worker && !renewing && now - renewed > BigInt(lease / 4) * 1_000_000n) void renew(worker);
}, tick);

async function renew(id: string): Promise<void> {
  renewing = true;
  const sent = monotonic();
  try {
    const isAlive = await renewLease(session, id, lease, vitals);
    if (!isAlive && worker === id) worker = undefined;
    renewed = sent;
  } catch (error) {
    // The store is away. The worker stops its handlers in time by `leasedUntil`; this tries again at the next tick.
    if (lateTicks > 0) say(`The lease cannot be renewed: ${String(error)}`, "warning");
  } finally {
    renewing = false;
  }
}

async function endBlocked(): Promise<void> {
  const seconds = (stillTicks * tick) / 1000;
  const certain = vitals.calling;
  const suspects = certain ? [certain] : vitals.running();
  if (worker) {
    const late = new Promise<string>((resolve) => setTimeout(resolve, Math.max(2000, lease / 4), "The store did not answer in time"));
    const said = await Promise.race([strike(session, worker, suspects, certain !== 0, seconds), late]).catch(String);
    say(said, "error");
  }
  end(`a handler has blocked its event loop for ${seconds}s`);
}

function end(why: string): void {
  say(`This worker (pid ${process.pid}) ends itself: ${why}`, "error");
  process.kill(process.pid, "SIGKILL");
}

/** At once: by the other thread, which is blocked, or after a turn of this one, nothing would be written any more. */
function say(line: string, level: "warning" | "error"): void {
  writeSync(2, logLine(format, new Date(), line, { level, ...(worker !== undefined && { worker }) }));
}
