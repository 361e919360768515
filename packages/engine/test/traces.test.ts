import assert from "node:assert/strict";
import { before, test } from "node:test";
import { context, SpanStatusCode, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from "@opentelemetry/sdk-trace";
import { z } from "zod";
import { createClient, machine, startWorker } from "../src/index.ts";
import { overEveryStore, until } from "./stores.ts";

const exporter = new InMemorySpanExporter();
before(() => {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  trace.setGlobalTracerProvider(new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] }));
});

overEveryStore("a tracer", (open) => {
  test("gets a span for each attempt, with its outcome and token, and the handler's own spans below it", async () => {
    exporter.reset();
    let failures = 1;
    const walk = machine({
      name: "walk",
      data: z.object({}),
      start: "a",
      transitions: { a: ["b"], b: [] },
      policy: { a: { retry: { attempts: 2, first: "1ms" } } },
      states: {
        async a(it) {
          await new Promise(setImmediate);
          trace.getTracer("own").startSpan("ask the world").end();
          if (failures-- > 0) throw new Error("the world is away");
          return it.to("b");
        },
        b: async (it) => it.done(),
      },
    });
    await using store = await open();
    await using _worker = await startWorker({ store, machines: [walk], log: () => {} });
    const client = createClient({ store, machines: [walk] });
    await client.start({ machine: "walk", key: "x", input: {}, by: "test", why: "" });
    await until("it is done", async () => (await client.show({ key: "x" })).status === "done");
    const spans = exporter.getFinishedSpans();
    const attempts = spans.filter(({ name }) => name.startsWith("walk "));
    assert.deepEqual(
      attempts.map(({ name, attributes, status }) => [
        name,
        attributes["fettle.attempt"],
        attributes["fettle.outcome"],
        attributes["fettle.token"],
        status.code,
      ]),
      [
        ["walk a", 1, "failed", "walk:x:1:0", SpanStatusCode.ERROR],
        ["walk a", 2, "moved", "walk:x:1:0", SpanStatusCode.UNSET],
        ["walk b", 1, "done", "walk:x:1:1", SpanStatusCode.UNSET],
      ],
    );
    const own = spans.filter(({ name }) => name === "ask the world");
    assert.deepEqual(
      own.map(({ parentSpanContext }) => parentSpanContext?.spanId),
      attempts.slice(0, 2).map((span) => span.spanContext().spanId),
    );
  });
});
