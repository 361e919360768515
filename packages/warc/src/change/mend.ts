import type { RandomAccess } from "../bytes/input.ts";
import type { OutputFile } from "../write/output-file.ts";
import type { ArchiveSink } from "./archive-sink.ts";
import type { MendFinding } from "./mended.ts";
import { PlainCursor } from "./plain-cursor.ts";
import { type MendStep, planMend, type Tell } from "./plan-mend.ts";

export interface MendOptions {
  /** Puts digests that the bytes have in the place of those that are wrong; they stay unless told. */
  readonly fixDigests?: boolean;
}

/** What has to be done about an archive. */
export interface Diagnosis {
  readonly records: number;
  readonly findings: number;
  /** Of them, those that mending sets right. */
  readonly mended: number;
  /** Those that stay, of severity error. */
  readonly errorsLeft: number;
}

/** Looks for what can be mended in an archive, and tells each finding with what is to be done about it. */
export async function diagnose(input: RandomAccess, tell: Tell, options: MendOptions = {}): Promise<Diagnosis> {
  const counts = { records: 0, findings: 0, mended: 0, errorsLeft: 0 };
  const count = async (finding: MendFinding) => {
    counts.findings++;
    if (finding.isMended) counts.mended++;
    else if (finding.severity === "error") counts.errorsLeft++;
    await tell(finding);
  };
  for await (const step of planMend(input, { fixDigests: false, ...options, tell: count })) if (step.kind === "record") counts.records++;
  return counts;
}

/** Where what belongs to no record goes. */
export type Apart = Pick<OutputFile, "write">;

/**
 * Appends the records of an archive to another one, mended as `diagnose` tells. Nothing that can be read is lost: what is no record is written
 * to `apart`, which is asked for once there is some. Reads the archive twice side by side, and holds no more than a part of one record.
 */
export async function mend(input: RandomAccess, sink: ArchiveSink, apart: () => Promise<Apart>, options: MendOptions = {}): Promise<void> {
  await using cursor = new PlainCursor(input);
  for await (const step of planMend(input, { fixDigests: false, ...options, tell: async () => undefined })) {
    if (step.kind === "record") {
      const { format, head, block } = step;
      await sink.append({ format, head, contentLength: block.to - block.from, block: cursor.read(block.from, block.to) });
    } else {
      for await (const bytes of bytesOf(step, cursor, input)) await (await apart()).write(bytes);
    }
  }
  await sink.flush();
}

type Lost = Exclude<MendStep, { kind: "record" }>;

const pieceSize = 1 << 20;

async function* bytesOf(step: Lost, cursor: PlainCursor, input: RandomAccess): AsyncGenerator<Uint8Array, void> {
  if (step.kind === "lines") yield step.bytes;
  else if (step.kind === "plain") yield* cursor.read(step.range.from, step.range.to);
  else
    for (let at = step.range.from; at < step.range.to; at += pieceSize) yield await input.read(at, Math.min(pieceSize, step.range.to - at));
}
