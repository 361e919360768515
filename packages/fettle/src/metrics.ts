import { metrics } from "@opentelemetry/api";
import { PrometheusExporter, PrometheusSerializer } from "@opentelemetry/exporter-prometheus";
import { MeterProvider } from "@opentelemetry/sdk-metrics";

/** A store that is away must not hold up a scrape, which waits 10 s at most. Milliseconds. */
const patience = 3000;

/**
 * Collects what this process measures, as Prometheus reads it. Undefined where the config, or a module that was loaded before it, has
 * registered an OpenTelemetry SDK of its own: metrics go there. Called before the worker starts.
 */
export function exposeMetrics(log: (line: string) => void): () => Promise<string | undefined> {
  const reader = new PrometheusExporter({ preventServerStart: true });
  if (!metrics.setGlobalMeterProvider(new MeterProvider({ readers: [reader] }))) return async () => undefined;
  const serializer = new PrometheusSerializer(undefined, false, undefined, true, true);
  return async () => {
    const { resourceMetrics, errors } = await reader.collect({ timeoutMillis: patience });
    for (const error of errors) log(`Some metrics could not be read: ${error instanceof Error ? error.message : String(error)}`);
    return serializer.serialize(resourceMetrics);
  };
}
