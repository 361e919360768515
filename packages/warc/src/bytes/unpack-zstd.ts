import type { Member, Piece, ReportFault } from "./piece.ts";
import type { Platform } from "./platform.ts";
import type { StoredBytes } from "./stored-bytes.ts";
import { largestDictionary, unpackDictionary } from "./zstd-dictionary.ts";
import * as faults from "./zstd-faults.ts";
import { type DataFrame, isZstd, type SkippableFrame, ZstdWalk } from "./zstd-frame.ts";

const smallWindow = 1 << 17;
/** A frame that is no larger than this is unpacked at once. */
const largeWindow = 1 << 22;
const mostPlain = 1 << 24;
const feedSize = 1 << 16;
/** A walk that fails after more blocks than these was no chance find: looking again at every byte of it could take for ever. */
const fewBlocks = 64;

/** The plain bytes of a .warc.zst, as the proposed warc-zstd has them: frames, perhaps with a dictionary in front, and others to be skipped. */
export async function* unpackZstd(
  stored: StoredBytes,
  platform: Platform,
  report: ReportFault,
  dictionaryBefore: Uint8Array | undefined,
): AsyncGenerator<readonly Piece[], void> {
  let dictionary = dictionaryBefore;
  const once = reportOnce(report);
  for (;;) {
    if (stored.bytes.length < smallWindow && !stored.ended) await stored.fill(smallWindow);
    if (stored.bytes.length === 0) return;
    const walk = new ZstdWalk();
    const frame = await walkFrame(stored, walk);
    if (frame === undefined) {
      await passGarbage(stored, report, walk.blocks < fewBlocks ? 1 : walk.at);
    } else if (frame === "cut" || frame.kind === "data") {
      if (frame !== "cut") checkFrame(stored.offset, frame, once);
      yield* unpackFrame(stored, platform, report, { frame, walk, dictionary });
    } else {
      if (stored.offset === 0 && !frame.isDictionary) report(faults.startsWithExtension());
      dictionary = (await passSkippable(stored, platform, report, frame)) ?? dictionary;
    }
  }
}

/** The frame here, read as far as it is to be unpacked at once; `cut` for one that is larger, and where the file ends first. */
async function walkFrame(stored: StoredBytes, walk: ZstdWalk) {
  let frame = walk.walk(stored.bytes, 0);
  while (frame === "cut" && !stored.ended && stored.bytes.length < largeWindow) {
    await stored.fill(2 * stored.bytes.length);
    frame = walk.walk(stored.bytes, 0);
  }
  if (frame && frame !== "cut" && frame.kind === "data" && frame.length <= largeWindow) await stored.fill(frame.length);
  return frame;
}

interface Found {
  readonly frame: DataFrame | "cut";
  readonly walk: ZstdWalk;
  readonly dictionary: Uint8Array | undefined;
}

async function* unpackFrame(
  stored: StoredBytes,
  platform: Platform,
  report: ReportFault,
  found: Found,
): AsyncGenerator<readonly Piece[], void> {
  const { frame, dictionary } = found;
  const member: Member = { kind: "zstd", offset: stored.offset, length: undefined };
  const isHere = frame !== "cut" && frame.length <= stored.bytes.length;
  const plain = isHere ? platform.zstd(stored.bytes.subarray(0, frame.length), mostPlain, dictionary) : undefined;
  if (plain === undefined) {
    yield* unpackInPieces(stored, platform, report, member, found);
    return;
  }
  const length = isHere ? frame.length : 0;
  stored.drop(length);
  if (plain === "damaged") {
    const lacksDictionary = isHere && frame.dictionaryId !== 0 && !dictionary;
    report(lacksDictionary ? faults.noDictionary(member.offset, frame.dictionaryId) : faults.damaged(member.offset, 0));
    yield [{ bytes: new Uint8Array(0), offset: member.offset, member, broken: true }];
    return;
  }
  member.length = length;
  yield [{ bytes: plain, offset: member.offset, member }];
}

async function* unpackInPieces(
  stored: StoredBytes,
  platform: Platform,
  report: ReportFault,
  member: Member,
  { frame, walk, dictionary }: Found,
): AsyncGenerator<readonly Piece[], void> {
  let end = frame === "cut" ? undefined : frame.length;
  let isFrame = true;
  const feed = async () => {
    await stored.fill(1);
    const fed = stored.offset - member.offset;
    const next = end === undefined ? walk.walk(stored.bytes, fed) : undefined;
    if (end === undefined && next === undefined) isFrame = false;
    if (next && next !== "cut") end = next.length;
    const input = stored.bytes.subarray(0, isFrame ? Math.min(feedSize, (end ?? Number.POSITIVE_INFINITY) - fed) : 0);
    stored.drop(input.length);
    return input.length > 0 ? input : undefined;
  };
  let size = 0;
  const pieces = platform.zstdStream(feed, dictionary);
  let next = await pieces.next();
  for (; !next.done; next = await pieces.next()) {
    size += next.value.length;
    yield [{ bytes: next.value, offset: member.offset, member }];
  }
  const fed = stored.offset - member.offset;
  if (next.value.how === "whole" && fed === end) {
    member.length = fed;
    return;
  }
  const isCut = stored.bytes.length === 0 && stored.ended && fed !== end;
  report(isCut ? faults.cut(member.offset, size) : faults.damaged(member.offset, size));
  yield [{ bytes: new Uint8Array(0), offset: member.offset, member, broken: true }];
}

async function passSkippable(
  stored: StoredBytes,
  platform: Platform,
  report: ReportFault,
  frame: SkippableFrame,
): Promise<Uint8Array | undefined> {
  const { offset } = stored;
  const keeps = frame.isDictionary && frame.length <= largestDictionary + 8;
  if (keeps) await stored.fill(frame.length);
  const dictionary = keeps ? unpackDictionary(stored.bytes.slice(8, frame.length), platform) : undefined;
  if (frame.isDictionary && !dictionary) report(faults.badDictionary(offset));
  for (let left = frame.length; left > 0; left = frame.length - (stored.offset - offset)) {
    await stored.fill(1);
    if (stored.bytes.length === 0) {
      report(faults.cut(offset, 0));
      break;
    }
    stored.drop(Math.min(left, stored.bytes.length));
  }
  return dictionary;
}

/** Drops bytes to the next place where a frame may begin, `from` bytes from here or later. */
async function passGarbage(stored: StoredBytes, report: ReportFault, from: number): Promise<void> {
  const { offset } = stored;
  stored.drop(Math.min(from, stored.bytes.length));
  for (;;) {
    if (stored.bytes.length < smallWindow) await stored.fill(smallWindow);
    const found = stored.bytes.indexOf(0x28);
    stored.drop(found < 0 ? stored.bytes.length : found);
    if (found < 0 && stored.ended) break;
    await stored.fill(4);
    if (isZstd(stored.bytes)) break;
    stored.drop(Math.min(1, stored.bytes.length));
  }
  report(faults.garbage(offset, stored.offset - offset));
}

function checkFrame(offset: number, frame: DataFrame, report: ReportFault): void {
  if (!frame.hasSize) report(faults.noSize(offset));
  if (!frame.hasChecksum) report(faults.noChecksum(offset));
}

/** What a writer leaves out of one frame it leaves out of all. */
function reportOnce(report: ReportFault): ReportFault {
  const told = new Set<string>();
  return (fault) => {
    if (!told.has(fault.code)) report(fault);
    told.add(fault.code);
  };
}
