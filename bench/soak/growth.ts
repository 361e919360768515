import { median } from "../measure/quantile.ts";
import type { Sample } from "./soak.ts";

type Figures = Pick<Sample, "tableBytes" | "indexBytes" | "stepsPerSecond" | "rssBytes">;

export interface Growth {
  /** Medians of the first and the last quarter. */
  readonly first: Figures;
  readonly last: Figures;
  /** Last over first. */
  readonly tableGrowth: number;
  readonly indexGrowth: number;
  readonly speedRatio: number;
  readonly rssGrowth: number;
}

/** Compares the last quarter with the first, of what came after `fromSecond`: before it the tables find the size that they keep. */
export function growth(samples: readonly Sample[], fromSecond: number): Growth {
  const counted = samples.filter((sample) => sample.second > fromSecond);
  const quarter = Math.max(1, Math.floor(counted.length / 4));
  const first = figures(counted.slice(0, quarter));
  const last = figures(counted.slice(-quarter));
  return {
    first,
    last,
    tableGrowth: last.tableBytes / first.tableBytes,
    indexGrowth: last.indexBytes / first.indexBytes,
    speedRatio: last.stepsPerSecond / first.stepsPerSecond,
    rssGrowth: last.rssBytes / first.rssBytes,
  };
}

function figures(samples: readonly Sample[]): Figures {
  const of = (name: keyof Figures) => median(samples.map((sample) => sample[name]));
  return { tableBytes: of("tableBytes"), indexBytes: of("indexBytes"), stepsPerSecond: of("stepsPerSecond"), rssBytes: of("rssBytes") };
}
