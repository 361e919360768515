import { byPlace } from "./by-place.ts";
import { layOut, type Place, type PlacedRecord } from "./parts.ts";
import type { Case, Expected } from "./requirement.ts";
import { requirements } from "./requirements.ts";

/** A file of the corpus, and all that is to be found in it. */
export interface CorpusFile {
  readonly file: string;
  readonly clause: string;
  readonly requirement: string;
  readonly made: string;
  readonly records: readonly CorpusRecord[];
  readonly findings: readonly CorpusFinding[];
}

export interface CorpusRecord extends Place {
  readonly type: string | null;
  /** Bytes of the block that are there. */
  readonly blockLength: number;
}

export interface CorpusFinding extends Place {
  readonly code: string;
  readonly record: number | null;
}

/** All files, with their bytes. */
export function makeCorpus(): readonly (CorpusFile & { readonly bytes: Buffer })[] {
  return requirements.flatMap(({ clause, says, cases }) => cases.map((each) => ({ clause, requirement: says, ...makeFile(each) })));
}

function makeFile({ name, made, parts, finds }: Case) {
  const { bytes, records, places } = layOut(parts);
  return {
    file: `${name}${ending(bytes, records)}`,
    made,
    records: records.map(({ offset, plainOffset, type, blockLength }) => ({ offset, plainOffset, type, blockLength })),
    findings: finds.map((found) => place(found, records, places, bytes.length)).sort(byPlace),
    bytes,
  };
}

function place({ code, record, at }: Expected, records: readonly PlacedRecord[], places: readonly Place[], end: number): CorpusFinding {
  const about = record === null ? undefined : records[record];
  if (at === undefined) return { code, record, offset: about?.offset ?? 0, plainOffset: about?.plainOffset ?? 0 };
  if (at === "end") return { code, record, offset: end, plainOffset: end };
  if ("part" in at) return { code, record, ...(places[at.part] ?? { offset: 0, plainOffset: 0 }) };
  if (!about) throw new Error(`BUG: ${code} is to be in a block, and in no record`);
  const block = about.bytes.subarray(about.headLength, about.headLength + about.blockLength);
  const before = about.headLength + (at.block === "" ? block.length : block.indexOf(at.block, 0, "latin1"));
  return { code, record, offset: about.offset + before, plainOffset: about.plainOffset + before };
}

const magics: readonly (readonly [RegExp, string])[] = [
  [/^1f8b/, ".gz"],
  [/^28b52ffd|^5.2a4d18/, ".zst"],
  [/^04224d18/, ".lz4"],
];

function ending(bytes: Buffer, records: readonly PlacedRecord[]): string {
  const format = records.some(({ type }) => type === "arc") ? ".arc" : ".warc";
  const magic = bytes.toString("hex", 0, 4);
  return `${format}${magics.find(([pattern]) => pattern.test(magic))?.[1] ?? ""}`;
}
