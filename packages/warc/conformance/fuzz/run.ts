import { fixture } from "../../test/fixture.ts";
import { requirements } from "../requirements.ts";
import { type Archive, store } from "./archive.ts";
import { Coverage } from "./coverage.ts";
import { type Broken, hold } from "./hold.ts";
import { mutate } from "./mutate.ts";
import { Random } from "./random.ts";
import { shrink } from "./shrink.ts";

export interface Fuzzing {
  readonly tried: number;
  readonly kept: number;
  readonly codes: readonly string[];
  readonly covered: number;
  readonly failure: Failure | undefined;
}

export interface Failure {
  readonly broken: Broken;
  /** Made as small as could be. */
  readonly bytes: Uint8Array;
}

/** Tries mutants until `goesOn` says no more or one fails. `trying` is shown each file before it is read, since one may never end. */
export async function fuzz(
  seed: number,
  goesOn: (tried: number) => boolean,
  trying: (bytes: Uint8Array) => void = () => undefined,
): Promise<Fuzzing> {
  const random = new Random(seed);
  const pool = seeds();
  const codes = new Set<string>();
  await using coverage = await Coverage.start();
  let tried = 0;
  for (; goesOn(tried); tried++) {
    const archive = random.below(8) === 0 ? random.pick(pool) : mutate(random.pick(pool), random.pick(pool), random);
    const bytes = store(archive);
    trying(bytes);
    const held = await hold(bytes, random);
    if (held.broken)
      return { tried, kept: pool.length, codes: [...codes], covered: coverage.size, failure: await reduce(bytes, held.broken, seed) };
    const isNew = held.codes.some((code) => !codes.has(code));
    for (const code of held.codes) codes.add(code);
    if ((await coverage.isNew()) || isNew) pool.push(archive);
  }
  return { tried, kept: pool.length, codes: [...codes].sort(), covered: coverage.size, failure: undefined };
}

/** Small archives of each kind: those of the conformance suite, and real ones. */
function seeds(): [Archive, ...Archive[]] {
  const made = requirements.flatMap(({ cases }) =>
    cases.map(({ parts }): Archive => {
      const members = parts.map((part) => (part.kind === "packed" ? Buffer.concat(part.holds.map(({ bytes }) => bytes)) : part.bytes));
      return {
        members: members.map((each) => each.subarray(0, 4096)),
        packing: parts.some(({ kind }) => kind === "packed") ? "gzip" : "none",
        damage: [],
      };
    }),
  );
  const real = ["example.arc", "example.warc"].map((name): Archive => ({ members: [fixture(name)], packing: "none", damage: [] }));
  const empty: Archive = { members: [], packing: "none", damage: [] };
  return [empty, ...real, ...made.filter(({ members }) => members.length > 0)];
}

async function reduce(bytes: Uint8Array, broken: Broken, seed: number): Promise<Failure> {
  const isStill = async (smaller: Uint8Array) => (await hold(smaller, new Random(seed))).broken?.rule === broken.rule;
  const small = (await isStill(bytes)) ? await shrink(bytes, isStill) : bytes;
  return { broken: (await hold(small, new Random(seed))).broken ?? broken, bytes: small };
}
