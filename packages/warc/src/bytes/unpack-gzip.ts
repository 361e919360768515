import * as faults from "./gzip-faults.ts";
import { gzipHeaderLength } from "./gzip-header.ts";
import { findGzipRecord } from "./gzip-search.ts";
import type { Member, Piece, ReportFault } from "./piece.ts";
import type { Platform } from "./platform.ts";
import type { StoredBytes } from "./stored-bytes.ts";

/** What is in memory of the stored file, at least, when a member is unpacked: most members are smaller. */
const smallWindow = 1 << 17;
/** A member that is no larger than this is unpacked at once, since that is three times as fast as in pieces. */
const largeWindow = 1 << 22;
const mostPlain = 1 << 24;
const longestHeader = 1 << 17;
const trailerSize = 8;
const feedSize = 1 << 16;

/** So many members are unpacked ahead at most, and so many bytes: what is asked for by itself, as one record, is no more than one. */
const mostAhead = { members: 64, bytes: 1 << 18 };

/**
 * The plain bytes of a gzip file, RFC 1952: any number of members, each unpacked by itself. Goes on after padding, garbage and damage at
 * the next member that a record begins in.
 */
export async function* unpackGzip(stored: StoredBytes, platform: Platform, report: ReportFault): AsyncGenerator<readonly Piece[], void> {
  for (let ahead = 1; ; ahead = Math.min(2 * ahead, mostAhead.members)) {
    if (stored.bytes.length < smallWindow && !stored.ended) await stored.fill(smallWindow);
    if (stored.bytes.length === 0) return;
    const sound = unpackSound(stored, platform, ahead);
    if (sound.length > 0) {
      yield sound;
      continue;
    }
    const header = gzipHeaderLength(stored.bytes.subarray(0, longestHeader));
    if (header === undefined || header === "cut") {
      await passGarbage(stored, platform, report);
      continue;
    }
    const member: Member = { kind: "gzip", offset: stored.offset, length: undefined };
    const whole = await unpackWhole(stored, platform, header);
    if (whole === undefined || whole === "damaged")
      yield* unpackInPieces(stored, platform, report, member, header, whole === "damaged" ? 512 : feedSize);
    else yield [await endMember(stored, platform, report, member, { ...whole, header })];
  }
}

/** The members that come next, as long as they are in memory and nothing is wrong with them: nearly all are such. */
function unpackSound(stored: StoredBytes, platform: Platform, most: number): readonly Piece[] {
  if (stored.bytes.length < smallWindow && !stored.ended) return [];
  return (most > 1 ? unpackRun(stored, platform, most) : undefined) ?? unpackSingly(stored, platform, most);
}

function unpackRun(stored: StoredBytes, platform: Platform, most: number): readonly Piece[] | undefined {
  if (typeof gzipHeaderLength(stored.bytes) !== "number") return undefined;
  const run = platform.gunzipRun(stored.bytes, stored.ended, { ...mostAhead, members: most });
  let at = 0;
  return run?.members.map(({ length, size }): Piece => {
    const { offset } = stored;
    const bytes = run.plain.subarray(at, at + size);
    at += size;
    stored.drop(length);
    return { bytes, offset, member: { kind: "gzip", offset, length } };
  });
}

function unpackSingly(stored: StoredBytes, platform: Platform, most: number): readonly Piece[] {
  const pieces: Piece[] = [];
  for (let size = 0; pieces.length < most && size < mostAhead.bytes; ) {
    const { bytes, offset } = stored;
    if (bytes.length < smallWindow && !stored.ended) break;
    const header = gzipHeaderLength(bytes);
    if (typeof header !== "number" || header > longestHeader) break;
    const whole = platform.inflate(bytes.subarray(header), mostPlain);
    if (whole === undefined || whole === "damaged" || whole.consumed === undefined || whole.plain.length === 0) break;
    const { plain, consumed } = whole;
    const end = header + consumed;
    const trailer = new DataView(bytes.buffer, bytes.byteOffset + end, trailerSize);
    if (trailer.getUint32(0, true) !== platform.crc32(plain) || trailer.getUint32(4, true) !== plain.length) break;
    stored.drop(end + trailerSize);
    pieces.push({ bytes: plain, offset, member: { kind: "gzip", offset, length: end + trailerSize } });
    size += plain.length;
  }
  return pieces;
}

async function unpackWhole(stored: StoredBytes, platform: Platform, header: number) {
  const small = platform.inflate(stored.bytes.subarray(header), mostPlain);
  if (small === undefined || small === "damaged" || small.consumed !== undefined || stored.ended) return small;
  if (stored.bytes.length >= largeWindow) return undefined;
  await stored.fill(largeWindow);
  const large = platform.inflate(stored.bytes.subarray(header), mostPlain);
  return large === undefined || large === "damaged" || large.consumed !== undefined || stored.ended ? large : undefined;
}

interface WholeMember {
  readonly plain: Uint8Array;
  readonly header: number;
  readonly consumed: number | undefined;
}

async function endMember(stored: StoredBytes, platform: Platform, report: ReportFault, member: Member, whole: WholeMember): Promise<Piece> {
  const { plain, header, consumed } = whole;
  const piece = { bytes: plain, offset: member.offset, member };
  if (consumed === undefined) {
    report(faults.cut(member.offset, plain.length));
    stored.drop(stored.bytes.length);
    return { ...piece, broken: true };
  }
  stored.drop(header + consumed);
  await checkTrailer(stored, report, member, { crc: platform.crc32(plain), size: plain.length });
  return piece;
}

async function* unpackInPieces(
  stored: StoredBytes,
  platform: Platform,
  report: ReportFault,
  member: Member,
  header: number,
  pieceSize: number,
): AsyncGenerator<readonly Piece[], void> {
  stored.drop(header);
  let lastFed = 0;
  let times = 0;
  const feed = async () => {
    await stored.fill(1);
    const input = stored.bytes.subarray(0, feedSize);
    stored.drop(input.length);
    if (input.length === 0) return undefined;
    lastFed = input.length;
    times++;
    return input;
  };
  const sum = { crc: 0, size: 0 };
  const start = stored.offset;
  const pieces = platform.inflateStream(feed, pieceSize);
  let next = await pieces.next();
  for (; !next.done; next = await pieces.next()) {
    sum.crc = platform.crc32(next.value, sum.crc);
    sum.size += next.value.length;
    yield [{ bytes: next.value, offset: member.offset, member }];
  }
  const { how, consumed } = next.value;
  if (how === "whole") {
    stored.rewind(stored.offset - start - consumed);
    await checkTrailer(stored, report, member, sum);
    return;
  }
  // Of what was no member the header may reach into the next one.
  if (how === "damaged") stored.rewind(times === 1 ? lastFed + header : lastFed);
  report(how === "cut" ? faults.cut(member.offset, sum.size) : faults.damaged(member.offset, sum.size));
  yield [{ bytes: new Uint8Array(0), offset: member.offset, member, broken: true }];
  if (how === "damaged") await findGzipRecord(stored, platform);
}

/** The checksum and the size modulo 2^32 of what was packed, RFC 1952 2.3.1. */
async function checkTrailer(stored: StoredBytes, report: ReportFault, member: Member, got: { crc: number; size: number }): Promise<void> {
  if (stored.bytes.length < trailerSize) await stored.fill(trailerSize);
  if (stored.bytes.length < trailerSize) {
    report(faults.cut(member.offset, got.size));
    stored.drop(stored.bytes.length);
  } else {
    const view = new DataView(stored.bytes.buffer, stored.bytes.byteOffset, trailerSize);
    if (view.getUint32(0, true) !== got.crc) report(faults.wrongSum(member.offset, "CRC-32", "GZIP_BAD_CRC"));
    else if (view.getUint32(4, true) !== got.size % 2 ** 32) report(faults.wrongSum(member.offset, "size", "GZIP_BAD_SIZE"));
    stored.drop(trailerSize);
  }
  member.length = stored.offset - member.offset;
  if (got.size === 0) report(faults.empty(member.offset));
}

async function passGarbage(stored: StoredBytes, platform: Platform, report: ReportFault): Promise<void> {
  const offset = stored.offset;
  const { isPadding } = await findGzipRecord(stored, platform);
  const length = stored.offset - offset;
  report(isPadding ? faults.padding(offset, length) : faults.garbage(offset, length));
}
