import { constants, gunzipSync } from "node:zlib";
import type { MemberRun, RunLimit, RunMember } from "./platform.ts";
import { freeRoom, type ZlibAnswer } from "./zlib-room.ts";

const magic = Buffer.from([0x1f, 0x8b, 0x08]);
const leastLength = 18;
/** The most that deflate makes of a byte. */
const mostRatio = 1032;
/** What a member may have over its plain bytes: head and trailer, and a few bytes for each block that is stored as it is. */
const overhead = { length: 256, share: 1 / 512 };

/**
 * Unpacks the gzip members at the start of `bytes` together, two at least; undefined where one of them is not sound, or seems not to be. It is
 * for whoever unpacks each by itself then, and says what is wrong.
 *
 * Where members begin is guessed: wherever their magic stands, which may be in the middle of one too. So all that are there are among those
 * guessed, and if all together unpack to as many bytes as the sizes come to that stand before the guessed ends, none of which is 0, then
 * nothing else is among them. The checksum and the size of each are looked at by zlib.
 */
export function gunzipRun(bytes: Uint8Array, isEnd: boolean, most: RunLimit): MemberRun | undefined {
  const stored = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const members: RunMember[] = [];
  let start = 0;
  let size = 0;
  while (members.length < most.members) {
    const next = stored.indexOf(magic, start + leastLength);
    const end = next < 0 && isEnd ? stored.length : next;
    if (end < start + leastLength) break;
    const member = { length: end - start, size: stored.readUInt32LE(end - 4) };
    if (size + member.size > most.bytes || !isLikely(member)) break;
    members.push(member);
    size += member.size;
    start = end;
  }
  if (members.length < 2) return undefined;
  const plain = gunzip(stored.subarray(0, start), size);
  return plain?.length === size ? { members, plain } : undefined;
}

/** Whether a member can have these lengths, as those of chance have not. */
function isLikely({ length, size }: RunMember): boolean {
  return size > 0 && length <= size * (1 + overhead.share) + overhead.length && size <= length * mostRatio;
}

function gunzip(members: Uint8Array, size: number): Uint8Array | undefined {
  try {
    // With room for one byte more zlib need not be asked again whether that was all.
    const options = { info: true, chunkSize: Math.max(size + 1, constants.Z_MIN_CHUNK), maxOutputLength: size };
    const { buffer, engine } = gunzipSync(members, options) as unknown as ZlibAnswer<object>;
    freeRoom(engine);
    return buffer;
  } catch (error) {
    if (error instanceof Error && "code" in error && /^(Z_|ERR_BUFFER_TOO_LARGE)/.test(String(error.code))) return undefined;
    throw error;
  }
}
