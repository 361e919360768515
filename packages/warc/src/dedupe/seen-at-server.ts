import type { Legend } from "../cdx/cdx.ts";
import { parseCdx } from "../cdx/cdx.ts";
import type { Indexed } from "../cdx/indexed.ts";
import { readLines } from "../cdx/lines.ts";
import { parseIndexLine } from "../cdx/read.ts";
import type { Candidate, Earlier, Seen } from "./seen.ts";
import { findOne } from "./seen-in-index.ts";

export interface ServerOptions {
  /** Milliseconds for each answer. */
  readonly timeout: number;
  /** Is told why a payload could not be asked for, and that it is kept. */
  readonly warn: (message: string) => void;
}

const inFlight = 8;
const attempts = 3;
/** Milliseconds before the second attempt, and twice as many before the third: a server that starts again is back soon. */
const pause = 100;
/** Questions without an answer after which no more are asked: a million timeouts would take months. */
const mostFailures = 5;

/** What the Internet Archive's server answers with. */
const sevenFields: Legend = { separator: " ", letters: [..."NbamskS"] };

/**
 * The captures of a CDX server, of the same URL: one that answers `?url=` with lines of CDX or CDXJ, as pywb, OutbackCDX and the Internet
 * Archive's do. What it does not answer to counts as not seen.
 */
export function seenAtServer(server: URL, { timeout, warn }: ServerOptions): Seen {
  let failures = 0;
  async function ask(candidate: Candidate): Promise<Earlier | undefined> {
    for (let attempt = 1; failures < mostFailures; attempt++) {
      try {
        const earlier = await findOne(captures(server, candidate.url, timeout), candidate);
        failures = 0;
        return earlier;
      } catch (error) {
        if (attempt < attempts) {
          await new Promise((resolve) => setTimeout(resolve, attempt * pause));
          continue;
        }
        // Others that were in flight when it was given up have no news.
        if (++failures > mostFailures) return undefined;
        warn(`The CDX server does not answer for ${candidate.url}, which is kept: ${reasonOf(error)}`);
        if (failures === mostFailures) warn("The CDX server is asked no more: what it may know is kept");
        return undefined;
      }
    }
    return undefined;
  }
  return {
    async find(candidates) {
      const found: (Earlier | undefined)[] = candidates.map(() => undefined);
      const waiting = candidates.entries();
      const worker = async () => {
        for (const [index, candidate] of waiting) found[index] = await ask(candidate);
      };
      await Promise.all(Array.from({ length: inFlight }, worker));
      return found;
    },
  };
}

async function* captures(server: URL, url: string, timeout: number): AsyncGenerator<Indexed> {
  const asked = new URL(server);
  asked.searchParams.set("url", url);
  const response = await fetch(asked, { signal: AbortSignal.timeout(timeout) });
  if (response.status === 404) return;
  if (!response.ok || !response.body) throw new Error(`it answers ${response.status}`);
  const utf8 = new TextDecoder();
  for await (const { bytes, isCut } of readLines(response.body)) {
    const line = utf8.decode(bytes);
    if (isCut || line === "") continue;
    const isSeven = !line.endsWith("}") && line.split(" ").length === 7;
    const { entry } = isSeven ? parseCdx(line, sevenFields) : parseIndexLine(line);
    if (entry) yield entry;
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
}
