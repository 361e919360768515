import {
  type Attributes,
  context,
  type Meter as Instruments,
  metrics,
  ProxyTracerProvider,
  SpanStatusCode,
  trace,
} from "@opentelemetry/api";
import type { Change, InstanceRow } from "../store/change.ts";
import type { Census } from "../store/read-census.ts";
import type { Attempt } from "./attempt.ts";
import type { Attempted } from "./conclude.ts";
import { tokenOf } from "./visit.ts";

/** What is read off the worker whenever somebody collects. */
export interface Readings {
  inFlight(): number;
  /** Milliseconds since the lease was last renewed. */
  leaseAge(): number;
  census(): Promise<Census>;
}

/** Seconds. */
const fine = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300];
const sizes = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024];

/**
 * What is seen of a worker from outside, by OpenTelemetry: whoever has registered an SDK before the worker starts gets it, and without
 * one nothing is made of it. The hot path pays for two sums an instance and two samples a batch; all else is read when it is collected.
 */
export class Meter {
  readonly #meter: Instruments = metrics.getMeter("fettle");
  readonly #tracer = registeredTracer();
  readonly #lag = this.#histogram("fettle.lag.seconds", "s", "Due to run: of each batch, the instance that has waited longest", fine);
  readonly #commit = this.#histogram("fettle.commit.seconds", "s", "One commit of a batch, sent to answered", fine);
  readonly #batch = this.#histogram("fettle.commit.changes", "{change}", "Instances that one commit changed", sizes);
  readonly #transitions = new Tally();
  readonly #failures = new Tally();
  readonly #unobserve: () => void;

  constructor(readings: Readings) {
    this.#unobserve = this.#observe(readings);
  }

  /** Instances that are due are about to run; the first of them has been so for that long. */
  late(ms: number): void {
    this.#lag.record(Math.max(0, ms) / 1000);
  }

  committed(changes: number, ms: number): void {
    this.#commit.record(ms / 1000);
    this.#batch.record(changes);
  }

  /** The change of an instance is in the store. */
  kept(row: InstanceRow, { history, state }: Change): void {
    if (history === null) return;
    if (history.kind === "moved") this.#transitions.add(row.machine, state);
    else if (history.kind === "failed" || history.kind === "stuck") this.#failures.add(row.machine, row.state);
  }

  /** A span for one attempt, where anybody traces. Spans of the handler's own are its children. */
  traced(row: InstanceRow, begin: () => Attempt): Attempt {
    if (!this.#tracer) return begin();
    const span = this.#tracer.startSpan(`${row.machine} ${row.state}`, {
      attributes: {
        "fettle.machine": row.machine,
        "fettle.key": row.key,
        "fettle.run": row.run,
        "fettle.state": row.state,
        "fettle.attempt": row.attempt + 1,
        "fettle.token": tokenOf(row),
      },
    });
    const attempt = context.with(trace.setSpan(context.active(), span), begin);
    void attempt.answer.then((attempted) => {
      span.setAttribute("fettle.outcome", outcomeOf(attempted));
      const error = errorOf(attempted);
      if (error !== null) span.setStatus({ code: SpanStatusCode.ERROR, message: error });
      span.end();
    });
    return attempt;
  }

  [Symbol.dispose](): void {
    this.#unobserve();
  }

  #histogram(name: string, unit: string, description: string, explicitBucketBoundaries: number[]) {
    return this.#meter.createHistogram(name, { unit, description, advice: { explicitBucketBoundaries } });
  }

  #observe(readings: Readings): () => void {
    const gauge = (name: string, description: string, unit: string) => this.#meter.createObservableGauge(name, { description, unit });
    const transitions = this.#meter.createObservableCounter("fettle.transitions", {
      description: "Committed, by the state that was entered",
    });
    const failures = this.#meter.createObservableCounter("fettle.failures", { description: "Failed attempts, by the state that failed" });
    const inFlight = gauge("fettle.in_flight", "Handlers that run", "{handler}");
    const leaseAge = gauge("fettle.lease.age.seconds", "Since the lease was last renewed", "s");
    const inbox = gauge(
      "fettle.inbox.messages",
      "Messages that no handler has taken, of this worker's slots; counted up to 100,000",
      "{message}",
    );
    const attention = gauge("fettle.attention.instances", "Instances that need a person, of this worker's slots", "{instance}");
    const known: Observe = (result) => {
      this.#transitions.each((count, attributes) => result.observe(transitions, count, attributes));
      this.#failures.each((count, attributes) => result.observe(failures, count, attributes));
      result.observe(inFlight, readings.inFlight());
      result.observe(leaseAge, readings.leaseAge() / 1000);
    };
    // Apart: while the store is away it fails, and takes nothing else with it.
    const counted: Observe = async (result) => {
      const census = await readings.census();
      result.observe(inbox, census.messages);
      for (const { count, kind, machine, state } of census.attention) result.observe(attention, count, { kind, machine, state });
    };
    this.#meter.addBatchObservableCallback(known, [transitions, failures, inFlight, leaseAge]);
    this.#meter.addBatchObservableCallback(counted, [inbox, attention]);
    return () => {
      this.#meter.removeBatchObservableCallback(known, [transitions, failures, inFlight, leaseAge]);
      this.#meter.removeBatchObservableCallback(counted, [inbox, attention]);
    };
  }
}

type Observe = Parameters<Instruments["addBatchObservableCallback"]>[0];

/** Sums by machine and state: far cheaper than a sample each, and read only when somebody collects. */
class Tally {
  readonly #counts = new Map<string, Map<string, number>>();

  add(machine: string, state: string): void {
    let states = this.#counts.get(machine);
    if (!states) this.#counts.set(machine, (states = new Map()));
    states.set(state, (states.get(state) ?? 0) + 1);
  }

  each(see: (count: number, attributes: Attributes) => void): void {
    for (const [machine, states] of this.#counts) for (const [state, count] of states) see(count, { machine, state });
  }
}

/** Undefined while nobody has registered a tracer: then no span is made at all. */
function registeredTracer() {
  const provider = trace.getTracerProvider();
  return provider instanceof ProxyTracerProvider ? provider.getDelegateTracer("fettle") : provider.getTracer("fettle");
}

function outcomeOf(attempted: Attempted): string {
  if (attempted.kind === "change") return attempted.change.history?.kind ?? "wait";
  return attempted.kind === "rest" ? "wait" : "void";
}

function errorOf(attempted: Attempted): string | null {
  return attempted.kind === "change" ? (attempted.change.history?.detail ?? null) : null;
}
