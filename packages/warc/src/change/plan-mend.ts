import type { RandomAccess } from "../bytes/input.ts";
import type { DigestCheck } from "../digest/check-digest.ts";
import type { Finding } from "../finding.ts";
import { checkDigests } from "../http/check-digests.ts";
import type { DigestChecks } from "../http/digest-pass.ts";
import { checkFields } from "../read/check-fields.ts";
import { parseHead } from "../read/parse-head.ts";
import type { ArchiveRecord, Format } from "../read/record.ts";
import { declaredBy } from "../read/verify-digests.ts";
import { type MendedHead, mendHead } from "./mend-head.ts";
import { type Done, type MendFinding, tellMend } from "./mended.ts";
import { PlainCursor } from "./plain-cursor.ts";
import { type Range, type Stretch, type SurveyedRecord, survey } from "./survey.ts";
import { trueBlock } from "./true-length.ts";

/** What a mended archive is made of, in its order. */
export type MendStep =
  | { readonly kind: "record"; readonly format: Format; readonly head: Uint8Array; readonly block: Range }
  /** What belongs to no record, or to one that cannot be saved: bytes, a range of plain ones, or one of the bytes as they are stored. */
  | { readonly kind: "lines"; readonly bytes: Uint8Array }
  | { readonly kind: "plain"; readonly range: Range }
  | { readonly kind: "stored"; readonly range: Range };

export interface PlanOptions {
  /** Puts digests that the bytes have in the place of those that are wrong. */
  readonly fixDigests: boolean;
  readonly tell: Tell;
}

/** Is waited for: no more is found than is told. */
export type Tell = (finding: MendFinding) => Promise<void>;

/**
 * Decides what to do about each fault of an archive, and tells it. Reads it once; parts of it a second time where the length of a block is in
 * doubt, and a third where digests are to be computed. Holds no more than a record's header.
 */
export async function* planMend(input: RandomAccess, { fixDigests, tell }: PlanOptions): AsyncGenerator<MendStep, void> {
  await using cursors = new AsyncDisposableStack();
  const open = () => cursors.use(new PlainCursor(input));
  let lengths: PlainCursor | undefined;
  let digests: PlainCursor | undefined;
  let damaged: number | undefined;
  for await (const stretch of survey(input)) {
    const { surveyed, findings, gap, next } = stretch;
    const isApart = findings.some(({ code }) => code === "HEADER_CUT");
    let mended: Mended | undefined;
    if (surveyed && !isApart) {
      const truth = isInDoubt(stretch, surveyed) ? await trueBlock((lengths ??= open()), surveyed, gap.to) : undefined;
      const needsDigests = fixDigests && (surveyed.verdicts.block === "bad" || surveyed.verdicts.payload === "bad");
      const checks = truth?.checks ?? (needsDigests ? await digestBlock((digests ??= open()), surveyed) : undefined);
      mended = mendRecord(surveyed, { length: truth?.length, checks: fixDigests ? checks : undefined });
    }
    const isLeft = leftIn(surveyed?.record, mended);
    const done: Done = { hasNewLength: mended?.hasNewLength ?? false, hasNewDigests: fixDigests, isApart, isLeft };
    for (const finding of findings) await tell(tellMend(finding, done));
    if (surveyed && isApart) yield { kind: "lines", bytes: surveyed.record.head };
    if (mended) yield* stepsOf(mended);
    if (!mended?.hasNewLength) yield* garbageIn(findings, gap);
    // What is damaged ends where a record begins behind it: one whose member is told of before its turn may have some in front of it.
    damaged ??= findings.find(({ code }) => isStoredGarbage.test(code))?.offset;
    if (damaged !== undefined && (next === undefined || next > damaged)) {
      yield { kind: "stored", range: { from: damaged, to: next ?? input.size } };
      damaged = undefined;
    }
  }
}

const isStoredGarbage = /^(GZIP_(DAMAGED|GARBAGE)|ZSTD_(DAMAGED|GARBAGE|NO_DICTIONARY))$/;

/** A digest that is right ends every doubt. Behind damage nobody knows what would follow. */
function isInDoubt({ findings, next }: Stretch, { verdicts, extent, record }: SurveyedRecord): boolean {
  const codes = new Set(findings.map(({ code }) => code));
  if (verdicts.block === "ok" || [...codes].some((code) => isStoredGarbage.test(code) || (/_CUT$/.test(code) && code !== "RECORD_CUT")))
    return false;
  if (codes.has("NO_LENGTH") || codes.has("BAD_LENGTH") || codes.has("ARC_BAD_LENGTH")) return true;
  if (record.format === "arc") return false;
  if (extent.cut) return next !== undefined;
  return codes.has("BAD_TRAILER") || codes.has("GARBAGE") || (codes.has("EXTRA_NEWLINES") && verdicts.block === "bad");
}

async function digestBlock(cursor: PlainCursor, { record, block }: SurveyedRecord): Promise<DigestChecks> {
  return checkDigests(cursor.read(block.from, block.to), declaredBy(record));
}

interface Mended extends MendedHead {
  readonly format: Format;
  readonly block: Range;
  readonly hasNewLength: boolean;
}

function mendRecord(
  { record, extent, block }: SurveyedRecord,
  found: { readonly length: number | undefined; readonly checks: DigestChecks | undefined },
): Mended {
  const length = found.length ?? extent.blockLength;
  const isCut = found.length === undefined && extent.cut;
  const digests = { ...right("WARC-Block-Digest", found.checks?.block), ...right("WARC-Payload-Digest", found.checks?.payload) };
  const { head, dropped } = mendHead(record, { length, isCut, digests });
  const hasNewLength = found.length !== undefined && found.length !== extent.blockLength;
  return { format: record.format, head, dropped, block: { from: block.from, to: block.from + length }, hasNewLength };
}

function right(name: string, check: DigestChecks["payload"] | DigestCheck | undefined): Readonly<Record<string, string>> {
  return check?.result === "bad" ? { [name]: check.computed } : {};
}

/** What is still found about the header that has been written. */
function leftIn(record: ArchiveRecord | undefined, mended: Mended | undefined): (finding: Finding) => boolean {
  if (!record || !mended) return () => true;
  if (mended.head === record.head) return () => true;
  if (record.format === "arc") return ({ code }) => code !== "ARC_CRLF_LINE" && code !== "ARC_BAD_LENGTH";
  const { version, fields, contentLength, quirks } = parseHead(mended.head);
  const { number, offset, plainOffset } = record;
  const head = { format: record.format, version, type: fields.get("WARC-Type"), fields, contentLength, number, offset, plainOffset };
  const left = new Set([...quirks, ...checkFields(head)].map(keyOf));
  return (finding) => left.has(keyOf(finding));
}

/** Lines have other numbers in the new header. */
function keyOf({ code, message }: Pick<Finding, "code" | "message">): string {
  return `${code} ${message}`;
}

function* stepsOf({ format, head, block, dropped }: Mended): Generator<MendStep> {
  yield { kind: "record", format, head, block };
  if (dropped.length > 0) yield { kind: "lines", bytes: dropped };
}

function* garbageIn(findings: readonly Finding[], gap: Range): Generator<MendStep> {
  const first = findings.find(({ code }) => code === "GARBAGE");
  if (first) yield { kind: "plain", range: { from: first.plainOffset, to: gap.to } };
}
