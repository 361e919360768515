import type { Archive, Damage, Packing } from "./archive.ts";
import type { Random } from "./random.ts";

/** Another archive, by one to four changes that know what an archive is made of; `other` is what is spliced in. */
export function mutate(archive: Archive, other: Archive, random: Random): Archive {
  let mutated = archive;
  for (let left = 1 + random.below(4); left > 0; left--) mutated = random.pick(changes)(mutated, random, other);
  return mutated;
}

/** Mutants grow by splicing; beyond this they are cut, since what is small is fast. */
const longest = 8192;

type Change = (archive: Archive, random: Random, other: Archive) => Archive;

const changes: readonly [Change, ...Change[]] = [
  inMember(changeNumber),
  inMember(changeNumber),
  inMember(changeLines),
  inMember(changeLines),
  inMember(changeLineEnds),
  inMember(changeBytes),
  moveBoundary,
  splice,
  repack,
  damageStored,
];

function inMember(change: (plain: Buffer, random: Random) => Buffer): Change {
  return (archive, random) => {
    const at = random.below(archive.members.length);
    return {
      ...archive,
      members: archive.members.map((plain, index) => (index === at ? change(plain, random).subarray(0, longest) : plain)),
    };
  };
}

const numbers = ["0", "1", "-1", "00000005", "2147483648", "4294967295", "9007199254740993", "9".repeat(30), "five", ""] as const;

/** A length, a chunk's size, a date or a status. */
function changeNumber(plain: Buffer, random: Random): Buffer {
  const text = plain.toString("latin1");
  const runs = [...text.matchAll(/\b[0-9]+\b|^[0-9a-f]+(?=\r?$)/gim)];
  const run = runs[random.below(runs.length)];
  if (!run) return plain;
  const value = Number(run[0]);
  const near = [value - 1, value + 1, value + 2, value * 2, value * 10].map(String);
  const number = random.below(2) === 0 ? near[random.below(near.length)] : random.pick(numbers);
  return Buffer.from(`${text.slice(0, run.index)}${number}${text.slice(run.index + run[0].length)}`, "latin1");
}

const lines = [
  "WARC/1.1",
  "warc/1.0 ",
  "WARC/0.18",
  "Content-Length: 5",
  "WARC-Type: revisit",
  "WARC-Type: continuation",
  "WARC-Segment-Number: 2",
  "Content-Type: application/http;msgtype=response",
  "WARC-Payload-Digest: sha1:VL2MMHO4YXUKFWV63YHTWSBM3GXKSQ2N",
  "HTTP/1.1 200 OK",
  "Transfer-Encoding: chunked",
  "Content-Encoding: gzip, br",
  "http://a.example/ 192.0.2.1 20200101000000 text/html 5",
  "filedesc://a.arc 0.0.0.0 20200101000000 text/plain 5",
  "\tfolded",
  ": nameless",
  "no colon",
  "X : y",
  "X: \xe9\x01",
  "5",
  "0",
  "",
] as const;

function changeLines(plain: Buffer, random: Random): Buffer {
  const all = plain.toString("latin1").split("\r\n");
  const [at, to] = [random.below(all.length), random.below(all.length)];
  const line = all[at] ?? "";
  const change = random.below(4);
  if (change === 0) all.splice(at, 1);
  else if (change === 1) all.splice(to, 0, line);
  else if (change === 2) all.splice(to, 0, ...all.splice(at, 1));
  else all.splice(at, 0, random.pick(lines));
  return Buffer.from(all.join("\r\n"), "latin1");
}

function changeLineEnds(plain: Buffer, random: Random): Buffer {
  const text = plain.toString("latin1");
  const end = random.pick(["\n", "\r", "\r\r\n", "\r\n\r\n", "", "\0"]);
  if (random.below(3) === 0) return Buffer.from(text.replaceAll("\r\n", end), "latin1");
  const at = text.indexOf("\r\n", random.below(text.length));
  return at < 0 ? plain : Buffer.from(text.slice(0, at) + end + text.slice(at + 2), "latin1");
}

function changeBytes(plain: Buffer, random: Random): Buffer {
  const at = random.below(plain.length);
  const size = 1 + random.below(16);
  const change = random.below(4);
  if (change === 0) return Buffer.concat([plain.subarray(0, at), plain.subarray(at + size)]);
  if (change === 1) return Buffer.concat([plain.subarray(0, at), Buffer.alloc(size, random.below(256)), plain.subarray(at)]);
  if (change === 2) return Buffer.concat([plain.subarray(0, at + size), plain.subarray(at)]);
  return plain.subarray(0, at);
}

/** Members that are not one record each. */
function moveBoundary(archive: Archive, random: Random): Archive {
  const { members } = archive;
  const at = random.below(members.length);
  const [here = Buffer.alloc(0), after] = members.slice(at, at + 2);
  const whole = after && random.below(2) === 0 ? [Buffer.concat([here, after])] : undefined;
  const cut = random.below(here.length + 1);
  const parts = whole ?? [here.subarray(0, cut), here.subarray(cut), ...(after ? [after] : [])];
  return { ...archive, members: [...members.slice(0, at), ...parts, ...members.slice(at + 2)] };
}

function splice(archive: Archive, random: Random, other: Archive): Archive {
  const members = [...archive.members];
  const taken = other.members[random.below(other.members.length)] ?? Buffer.alloc(0);
  const part = random.below(2) === 0 ? taken : taken.subarray(random.below(taken.length), random.below(taken.length + 1));
  members.splice(random.below(members.length + 1), random.below(2), part);
  return { ...archive, members: members.slice(0, 8) };
}

function repack(archive: Archive, random: Random): Archive {
  return { ...archive, packing: random.pick<Packing>(["none", "gzip", "gzip", "zstd"]) };
}

function damageStored(archive: Archive, random: Random): Archive {
  const kind = random.pick<Damage["kind"]>(["flip", "flip", "insert", "zeros", "remove", "cut"]);
  return { ...archive, damage: [...archive.damage.slice(-2), { at: random.next(), kind, size: 1 + random.below(40) }] };
}
