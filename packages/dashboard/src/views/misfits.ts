import { type Client, failureOf, type Misfit } from "@fettle/engine";

/** The instances that the code does not accept, as of the last look; undefined before the first one is over. */
export type KnownMisfits = () => readonly Misfit[] | undefined;

/**
 * `check` reads the whole population, and open views ask each second. So no view waits for it: asking answers what is known, and starts
 * another look when that is a minute old, or older where looking takes long: it never costs more than a fiftieth of the time.
 */
export function knownMisfits(client: Client, log: (line: string) => void): KnownMisfits {
  let known: readonly Misfit[] | undefined;
  let next = 0;
  const look = async () => {
    const began = performance.now();
    next = Number.POSITIVE_INFINITY;
    try {
      known = await client.check();
    } catch (error) {
      log(`The code was not compared with the instances, and will be in a minute: ${failureOf(error).message}`);
    }
    next = performance.now() + Math.max(60_000, 50 * (performance.now() - began));
  };
  return () => {
    if (performance.now() >= next) void look();
    return known;
  };
}
