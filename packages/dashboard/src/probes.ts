import { failureOf } from "@fettle/engine";
import { Hono } from "hono";

/** What programs that look after this process ask. */
export interface Probes {
  /** Why it should be given no work, or undefined. Throws what keeps it from knowing. */
  ready(): Promise<string | undefined>;
  /** In the text format of Prometheus; undefined where metrics go another way. */
  metrics(): Promise<string | undefined>;
}

/** `/healthz`: the process lives. `/readyz`: its store answers and its worker holds leases. `/metrics`, for Prometheus. */
export function probes({ ready, metrics }: Probes): Hono {
  const app = new Hono();
  app.get("/healthz", (c) => c.text("ok\n"));
  app.get("/readyz", async (c) => {
    const reason = await ready().catch((error: unknown) => failureOf(error).message);
    return reason === undefined ? c.text("ok\n") : c.text(`${reason}\n`, 503);
  });
  app.get("/metrics", async (c) => {
    const text = await metrics();
    if (text === undefined) return c.text("Metrics go to the OpenTelemetry SDK that the config has registered\n", 404);
    return c.body(text, 200, { "Content-Type": "text/plain; version=0.0.4; charset=utf-8" });
  });
  return app;
}
