import { cutMember, dictionaryFrame, gzipMember, skippableFrame, zstdFrame } from "../packing.ts";
import { filler, gzipped, type Packed, type RecordPart, zstdPacked } from "../parts.ts";
import { arcRecord, filedesc, next, record } from "../record.ts";
import { between, of, type Requirement } from "../requirement.ts";

const sound = record();
const lost = { ...sound, isLost: true } as const;
const zeros = Buffer.alloc(24);

/** Of the packing that the standard recommends, and the one that is proposed. */
export const packing: readonly Requirement[] = [
  {
    clause: "D.2",
    says: "Each record is a gzip member of its own, and the members stand one behind the other",
    cases: [
      { name: "gzip", made: "a member a record", parts: [gzipped(sound), gzipped(next)], finds: [] },
      { name: "gzip-whole-file", made: "all records in one member", parts: [gzipped(sound, next)], finds: of(1, "SHARED_MEMBER") },
      {
        name: "gzip-two-and-one",
        made: "two records in a member, one in another",
        parts: [gzipped(sound, next), gzipped(next)],
        finds: of(1, "SHARED_MEMBER"),
      },
      {
        name: "gzip-split-block",
        made: "a record in two members",
        parts: [...split(sound, sound.bytes.length - 7), gzipped(next)],
        finds: of(0, "SPLIT_RECORD"),
      },
      {
        name: "gzip-split-header",
        made: "a record in two members, parted in its header",
        parts: [...split(sound, 20), gzipped(next)],
        finds: of(0, "SPLIT_RECORD"),
      },
      {
        name: "gzip-junk-member",
        made: "a member of text without a line end",
        parts: [gzipped(sound), gzipped(filler("junk")), gzipped(next)],
        finds: [between("GARBAGE", 1)],
      },
      {
        name: "gzip-length-into-next",
        made: "a Content-Length that goes on into the next member",
        parts: [gzipped(record({ length: "Content-Length: 300", reads: 9 })), gzipped(next)],
        finds: of(0, "RECORD_CUT"),
      },
    ],
  },
  {
    clause: "RFC 1952 2.3",
    says: "A member may have extra fields, a name and a comment",
    cases: [
      {
        name: "gzip-extra",
        made: "FEXTRA, as crawlers of Alexa wrote it",
        parts: [{ ...gzipped(sound), bytes: gzipMember(sound.bytes, { flags: 4, extra: "\x08\0LX\x04\0abcd" }) }, gzipped(next)],
        finds: [],
      },
      {
        name: "gzip-name",
        made: "FNAME and FCOMMENT",
        parts: [{ ...gzipped(sound), bytes: gzipMember(sound.bytes, { flags: 24, extra: "a.warc\0mine\0" }) }, gzipped(next)],
        finds: [],
      },
    ],
  },
  {
    clause: "RFC 1952 2.2",
    says: "A file is members and nothing else",
    cases: [
      {
        name: "gzip-garbage-behind",
        made: "bytes behind the last member",
        parts: [gzipped(sound), filler("trailing garbage")],
        finds: [between("GZIP_GARBAGE", 1)],
      },
      {
        name: "gzip-garbage-between",
        made: "bytes between two members",
        parts: [gzipped(sound), storedOnly("some garbage"), gzipped(next)],
        finds: [between("GZIP_GARBAGE", 1)],
      },
      {
        name: "gzip-padding-behind",
        made: "zeros behind the last member",
        parts: [gzipped(sound), filler(zeros)],
        finds: [between("GZIP_PADDING", 1)],
      },
      {
        name: "gzip-padding-between",
        made: "zeros between two members",
        parts: [gzipped(sound), storedOnly(zeros), gzipped(next)],
        finds: [between("GZIP_PADDING", 1)],
      },
      {
        name: "gzip-empty-member",
        made: "a member of nothing between two",
        parts: [gzipped(sound), gzipped(), gzipped(next)],
        finds: [between("GZIP_EMPTY_MEMBER", 1)],
      },
      {
        name: "gzip-only-empty",
        made: "a member of nothing, and no other",
        parts: [gzipped()],
        finds: [between("GZIP_EMPTY_MEMBER", 0), { code: "NO_RECORDS", record: null, at: { part: 0 } }],
      },
      {
        name: "gzip-false-magic",
        made: "the first bytes of a member between two",
        parts: [gzipped(sound), storedOnly("\x1f\x8b\x08\0junk"), gzipped(next)],
        finds: [between("GZIP_DAMAGED", 1)],
      },
    ],
  },
  {
    clause: "RFC 1952 2.3.1",
    says: "A member ends with the checksum and the size of what it holds",
    cases: [
      {
        name: "gzip-bad-crc",
        made: "a checksum with a wrong bit",
        parts: [flipped(sound, -8), gzipped(next)],
        finds: of(0, "GZIP_BAD_CRC"),
      },
      { name: "gzip-bad-size", made: "a size with a wrong bit", parts: [flipped(sound, -4), gzipped(next)], finds: of(0, "GZIP_BAD_SIZE") },
      {
        name: "gzip-no-trailer",
        made: "the file ends before the checksum",
        parts: [{ ...gzipped(sound), bytes: gzipMember(sound.bytes).subarray(0, -8) }],
        finds: of(0, "GZIP_CUT"),
      },
    ],
  },
  {
    clause: "RFC 1951 3.2",
    says: "What a member holds can be unpacked to its end",
    cases: [
      {
        name: "gzip-cut",
        made: "the file ends within its last member",
        parts: [gzipped(next), cut(sound, sound.headLength + 2)],
        finds: [...of(1, "GZIP_CUT", "RECORD_CUT")],
      },
      {
        name: "gzip-damaged",
        made: "a member whose first block is of no kind",
        parts: [{ ...gzipped(lost), bytes: gzipMember(sound.bytes).fill(7, 10, 11), plainLength: 0 }, gzipped(next)],
        finds: [{ code: "GZIP_DAMAGED", record: null, at: { part: 0 } }],
      },
    ],
  },
  {
    clause: "warc-zstd 1.0",
    says: "A file of Zstandard frames, none of which ends within a record, each with its size and checksum",
    cases: [
      { name: "zstd", made: "a frame a record", parts: [zstdPacked(sound), zstdPacked(next)], finds: [] },
      { name: "zstd-whole-file", made: "all records in one frame", parts: [zstdPacked(sound, next)], finds: of(1, "SHARED_MEMBER") },
      {
        name: "zstd-no-size",
        made: "frames that do not tell their size",
        parts: [sound, next].map((each) => frame(each, { hasSize: false })),
        finds: [between("ZSTD_NO_SIZE", 0)],
      },
      {
        name: "zstd-no-checksum",
        made: "frames without a checksum",
        parts: [sound, next].map((each) => frame(each, { hasChecksum: false })),
        finds: [between("ZSTD_NO_CHECKSUM", 0)],
      },
      {
        name: "zstd-junk-frame",
        made: "a frame of text without a line end",
        parts: [zstdPacked(sound), zstdPacked(filler("junk")), zstdPacked(next)],
        finds: [between("GARBAGE", 1)],
      },
      {
        name: "zstd-skippable",
        made: "a skippable frame between two",
        parts: [zstdPacked(sound), storedOnly(skippableFrame(3, Buffer.from("mine"))), zstdPacked(next)],
        finds: [],
      },
      {
        name: "zstd-starts-with-extension",
        made: "a skippable frame in front that is no dictionary",
        parts: [storedOnly(skippableFrame(3, Buffer.from("mine"))), zstdPacked(sound)],
        finds: [between("ZSTD_STARTS_WITH_EXTENSION", 0)],
      },
      {
        name: "zstd-bad-dictionary",
        made: "a dictionary frame without a dictionary in it",
        parts: [storedOnly(skippableFrame(13, Buffer.from("none"))), zstdPacked(sound)],
        finds: [between("ZSTD_BAD_DICTIONARY", 0)],
      },
      {
        name: "zstd-no-dictionary",
        made: "a frame that needs a dictionary which the file has not",
        parts: [{ ...zstdPacked(lost), bytes: dictionaryFrame(lost.bytes, 99_999), plainLength: 0 }, zstdPacked(next)],
        finds: [between("ZSTD_NO_CHECKSUM", 0), between("ZSTD_NO_DICTIONARY", 0)],
      },
      {
        name: "zstd-garbage-between",
        made: "bytes between two frames",
        parts: [zstdPacked(sound), storedOnly("some garbage"), zstdPacked(next)],
        finds: [between("ZSTD_GARBAGE", 1)],
      },
      {
        name: "zstd-cut",
        made: "the file ends within its last frame, in its header",
        parts: [zstdPacked(next), { ...zstdPacked(lost), bytes: zstdFrame(sound.bytes).subarray(0, 7), plainLength: 0 }],
        finds: [between("ZSTD_CUT", 1)],
      },
      {
        name: "zstd-bad-checksum",
        made: "a checksum with a wrong bit",
        parts: [{ ...zstdPacked(lost), bytes: flip(zstdFrame(sound.bytes), -1), plainLength: 0 }, zstdPacked(next)],
        finds: [between("ZSTD_DAMAGED", 0)],
      },
    ],
  },
  {
    clause: "D",
    says: "A packing that is not read is told by its name",
    cases: [
      {
        name: "lz4",
        made: "the first bytes of an LZ4 frame",
        parts: [filler("\x04\x22\x4d\x18\x60\x40\x82")],
        finds: [between("UNKNOWN_PACKING", 0), between("GARBAGE", 0), { code: "NO_RECORDS", record: null, at: "end" }],
      },
    ],
  },
  {
    clause: "ARC 1.0",
    says: "ARC files are packed in the same way",
    cases: [{ name: "arc-gzip", made: "a member a record", parts: [gzipped(filedesc), gzipped(arcRecord())], finds: [] }],
  },
];

function split(part: RecordPart, at: number): readonly Packed[] {
  const [first, second] = [part.bytes.subarray(0, at), part.bytes.subarray(at)];
  return [
    { ...gzipped(part), bytes: gzipMember(first), plainLength: first.length },
    { ...gzipped(), bytes: gzipMember(second), plainLength: second.length },
  ];
}

/** A member of which only the bytes before `at` of its record are there. */
function cut(part: RecordPart, at: number): Packed {
  return {
    ...gzipped({ ...part, blockLength: at - part.headLength }),
    bytes: cutMember(gzipMember(part.bytes), at),
    plainLength: at,
  };
}

function frame(part: RecordPart, options: Parameters<typeof zstdFrame>[1]): Packed {
  return { ...zstdPacked(part), bytes: zstdFrame(part.bytes, options) };
}

/** Bytes of which nothing is left when the file is unpacked. */
function storedOnly(bytes: string | Uint8Array): Packed {
  return { kind: "packed", bytes: filler(bytes).bytes, plainLength: 0, holds: [] };
}

function flipped(part: RecordPart, at: number): Packed {
  return { ...gzipped(part), bytes: flip(gzipMember(part.bytes), at) };
}

function flip(bytes: Buffer, at: number): Buffer {
  const place = bytes.length + at;
  bytes.writeUInt8(bytes.readUInt8(place) ^ 1, place);
  return bytes;
}
