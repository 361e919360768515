import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { sample, withoutSamples } from "../../test/samples.ts";
import type { RandomAccess } from "../bytes/input.ts";
import { urlKey } from "../urlkey/surt.ts";
import { compareBytes, startsWith } from "./byte-order.ts";
import { cdx11 } from "./cdx.ts";
import { Cluster, formatBlock, parseBlock } from "./cluster.ts";
import { longestLine } from "./lines.ts";
import { formatLocations, parseLocations } from "./location.ts";
import { legendOf, lookUp, lookUpNearest, type Match, prefixesOf } from "./look-up.ts";
import { type PackOptions, packIndex } from "./pack.ts";
import { SortedFile, type SortedLines } from "./sorted-file.ts";

const kinds: Readonly<Record<string, (lines: readonly string[]) => Promise<SortedLines>>> = {
  "a plain file": async (lines) => new SortedFile(access(Buffer.from(lines.map((line) => `${line}\n`).join(""))), "a file"),
  "a plain file without a last line end": async (lines) => new SortedFile(access(Buffer.from(lines.join("\r\n"))), "a file"),
  "a cluster of one part": (lines) => pack(lines, { lines: 3 }),
  "a cluster of many parts": (lines) => pack(lines, { lines: 2, partSize: 50 }),
};

for (const [kind, open] of Object.entries(kinds))
  describe(`a look-up in ${kind}`, () => {
    test("finds exactly what a scan of all lines finds", async () => {
      const host = fc.constantFrom("a.com", "b.a.com", "a-b.com", "A.com:8080", "ab.com", "x.b.a.com", "com", "[2001:db8::1]", "10.0.0.1");
      const url = fc.tuple(host, fc.constantFrom("/", "/x", "/x/y", "/x?b=1", "/xy", "/é")).map(([name, path]) => `http://${name}${path}`);
      const capture = fc
        .tuple(url, fc.integer({ min: 2000, max: 2005 }))
        .map(([url, year]) => `${urlKey(url)} ${year}0101000000 ${url} - - - - - - 1 f`);
      const match = fc.constantFrom<Match>("exact", "prefix", "host", "domain");
      await fc.assert(
        fc.asyncProperty(fc.array(capture, { maxLength: 60 }), url, match, fc.boolean(), async (captures, wanted, match, isLong) => {
          // Longer lines, so that a small file is more than one read.
          const lines = captures.map((line) => (isLong ? line.replace(" - ", ` ${"m".repeat(900)} `) : line)).sort(byBytes);
          const found = await collect(lookUp(await open(lines), wanted, { match, legend: cdx11 }));
          const expected = prefixesOf(wanted, match).flatMap((prefix) => lines.filter((line) => line.startsWith(prefix)));
          assert.deepEqual(
            found.map(({ urlkey, timestamp }) => `${urlkey} ${timestamp}`),
            expected.map((line) => line.split(" ", 2).join(" ")),
          );
        }),
        { numRuns: 150 },
      );
    });

    test("finds the capture that is nearest in time", async () => {
      const years = fc.uniqueArray(fc.integer({ min: 1996, max: 2030 }), { minLength: 1, maxLength: 12 });
      await fc.assert(
        fc.asyncProperty(years, fc.integer({ min: 1990, max: 2035 }), async (captured, wanted) => {
          const lines = [
            "com,a)/ 20000101000000",
            ...captured.map((year) => `com,a)/x ${year}0101000000`),
            "com,a)/x/ 20000101000000",
          ].sort(byBytes);
          const found = await lookUpNearest(
            await open(lines.map((line) => `${line} - - - - - - - 1 f`)),
            "http://a.com/x",
            String(wanted),
            cdx11,
          );
          assert.equal(found?.timestamp, `${nearest(captured, wanted)}0101000000`);
        }),
        { numRuns: 100 },
      );
      assert.equal(await lookUpNearest(await open([]), "http://a.com/", "2020"), undefined);
    });

    test("gives lines from any key, and the one before it", async () => {
      const line = fc
        .string({ unit: "grapheme-composite", minLength: 1, maxLength: 6 })
        .filter((text) => /^[^\s!\0-\x20][^\r\n]*$/.test(text));
      await fc.assert(
        fc.asyncProperty(fc.array(line, { maxLength: 40 }), line, async (unsorted, wanted) => {
          const lines = unsorted.map((text) => `${text} 2020`).sort(byBytes);
          const index = await open(lines);
          const key = Buffer.from(wanted);
          const after = lines.filter((text) => compareBytes(Buffer.from(text), key) >= 0);
          assert.deepEqual((await collect(index.from(key))).map(text), after);
          const before = await index.before(key);
          assert.equal(before && text(before), lines[lines.length - after.length - 1]);
        }),
        { numRuns: 100 },
      );
    });
  });

describe("a cluster", () => {
  test("made by pywb is read", { skip: withoutSamples }, async () => {
    const folder = "webrecorder-pywb/zipcdx/";
    const locations = parseLocations(sample(`${folder}zipnum-sample.loc`).toString());
    assert.equal(formatLocations(locations), sample(`${folder}zipnum-sample.loc`).toString());
    const open = async (part: string) => access(sample(`${folder}${locations.get(part)?.at(-1) ?? assert.fail(part)}`));
    const cluster = new Cluster(access(sample(`${folder}zipnum-sample.idx`)), open);
    // The last line of each block has no line end, so that `zcat` joins it to the next one.
    const all = (await collect(cluster.from(Buffer.from("")))).map(text);
    assert.equal(all.length, 188);
    const found = await collect(lookUp(cluster, "http://www.iana.org/", { match: "exact" }));
    assert.deepEqual(found.map(({ timestamp }) => timestamp).slice(0, 2), ["20140126200624", "20140127171238"]);
    assert.equal(
      (await collect(lookUp(cluster, "http://iana.org/", { match: "domain" }))).length,
      all.filter((line) => /^org,iana[),:]/.test(line)).length,
    );
  });

  test("of a WACZ file has an .idx of JSON, and one part", () => {
    assert.equal(parseBlock('!meta 0 {"format": "cdxj-gzip-1.0", "filename": "index.cdx.gz"}'), undefined);
    assert.deepEqual(parseBlock('com,example)/ 20201007212236 {"offset": 0, "length": 256, "digest": "sha256:19c1"}'), {
      key: "com,example)/ 20201007212236",
      part: "",
      offset: 0,
      length: 256,
      number: 0,
    });
  });

  test("that is damaged says which block", async () => {
    const rejects = async (idx: string, part: Uint8Array) => {
      const cluster = new Cluster(access(Buffer.from(idx)), async () => access(part));
      await assert.rejects(collect(cluster.from(Buffer.from(""))), { code: "DAMAGED_CLUSTER" });
    };
    await rejects("a 1\tp\t0\t9\t1\n", Buffer.from("no gzip!!"));
    await rejects("a 1\tp\t0\t9\t1\n", Buffer.from("short"));
    await rejects("a 1\tp\t0\t-9\t1\n", Buffer.from(""));
    await rejects("nonsense\n", Buffer.from(""));
  });
});

test("a host is meant with all its ports, a domain with all hosts below it", () => {
  assert.deepEqual(prefixesOf("http://www.a.com:8080/x", "host"), ["com,a)", "com,a:"]);
  assert.deepEqual(prefixesOf("a.com", "domain"), ["com,a)", "com,a,", "com,a:"]);
  assert.deepEqual(prefixesOf("http://[2001:db8::1]/", "host"), ["2001:db8::1)", "2001:db8::1:"]);
  assert.deepEqual(prefixesOf("http://a.com/x", "prefix"), ["com,a)/x"]);
  assert.deepEqual(prefixesOf("urn:x", "domain"), ["urn:x"]);
});

test("an index with a header tells what its lines mean", async () => {
  const index = new SortedFile(access(Buffer.from(" CDX N b a g V\ncom,a)/ 20200101000000 http://a.com/ f 7\n")), "a file");
  const legend = await legendOf(index);
  assert.deepEqual(await collect(lookUp(index, "http://a.com/", { ...(legend && { legend }) })), [
    { urlkey: "com,a)/", timestamp: "20200101000000", url: "http://a.com/", filename: "f", offset: 7 },
  ]);
  assert.equal(await legendOf(new SortedFile(access(Buffer.from("com,a)/ 2020 {}")), "a file")), undefined);
});

test("a file that is no index is refused, not held in memory", async () => {
  const file = new SortedFile(access(new Uint8Array(3 * longestLine).fill(0x61)), "a picture");
  await assert.rejects(collect(file.from(Buffer.from("b"))), { code: "LINE_TOO_LONG" });
});

test("a search in a large file reads little of it", async () => {
  const lines = Array.from({ length: 200_000 }, (_, index) => `com,a)/${String(index).padStart(9, "0")} 2020 x`);
  let reads = 0;
  const whole = access(Buffer.from(lines.join("\n")));
  const read = (offset: number, length: number) => {
    reads++;
    return whole.read(offset, length);
  };
  const key = Buffer.from("com,a)/000123456 ");
  for await (const line of new SortedFile({ size: whole.size, read }, "a file").from(key)) {
    assert.ok(startsWith(line, key));
    break;
  }
  assert.ok(reads < 40, `${reads} reads`);
});

function nearest(years: readonly number[], wanted: number): number | undefined {
  const distance = (year: number) => Math.abs(Date.UTC(year) - Date.UTC(wanted));
  return years.toSorted((a, b) => distance(a) - distance(b) || a - b)[0];
}

async function pack(lines: readonly string[], options: PackOptions): Promise<SortedLines> {
  const idx: string[] = [];
  const parts = new Map<string, Buffer[]>();
  const source = (async function* () {
    for (const line of lines) yield Buffer.from(`${line}\n`);
  })();
  for await (const block of packIndex(source, options)) {
    idx.push(`${formatBlock(block)}\n`);
    parts.set(block.part, [...(parts.get(block.part) ?? []), Buffer.from(block.bytes)]);
  }
  return new Cluster(access(Buffer.from(idx.join(""))), async (part) => access(Buffer.concat(parts.get(part) ?? [])));
}

function access(bytes: Uint8Array): RandomAccess {
  return { size: bytes.length, read: async (offset, length) => bytes.subarray(offset, offset + length) };
}

async function collect<T>(source: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const one of source) all.push(one);
  return all;
}

function byBytes(a: string, b: string): number {
  return compareBytes(Buffer.from(a), Buffer.from(b));
}

function text(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString();
}
