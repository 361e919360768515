import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { sample, withoutSamples } from "../../test/samples.ts";
import { readFixture, type Vector } from "../../test/vectors.ts";
import { type Canonicaliser, canonicalUrl } from "./canonical.ts";
import { resolveDots } from "./dots.ts";
import { withoutWww } from "./host.ts";
import { ipv4 } from "./ip.ts";
import { sortQuery } from "./order.ts";
import { decodeFully } from "./percent.ts";
import { withoutPathSession } from "./session.ts";

const names: Readonly<Record<string, Canonicaliser>> = {
  GoogleURLCanonicalizer: "google",
  BasicURLCanonicalizer: "google",
  OrdinaryIAURLCanonicalizer: "ordinary",
  IAURLCanonicalizer: "wayback",
  DefaultIAURLCanonicalizer: "wayback",
  AggressiveIAURLCanonicalizer: "wayback",
};

/** Where we differ from an oracle on purpose. */
const differences: readonly (readonly [
  when: (url: string, by: string) => boolean,
  ours: (theirs: string, url: string) => string,
  why: string,
])[] = [
  [
    (url, by) => by === "BasicURLCanonicalizer" && /^(?:Http|HTTP|ftP):/.test(url),
    (theirs) => theirs.replace(/^\w+/, (scheme) => scheme.toLowerCase()),
    "RFC 3986 6.2.2.1: schemes are case-insensitive, and lower case is their canonical form",
  ],
  [
    (url, by) => by === "BasicURLCanonicalizer" && url.includes("\x80"),
    () => "http://%01%C2%80.com/",
    "RFC 3987 3.1: text is encoded as UTF-8; surt and urlcanon agree",
  ],
  [
    (url) => url === "http://example.org/\u2028",
    () => "http://example.org/%E2%80%A8",
    "URL Standard 4.4: tab, LF and CR are taken out, no other line end",
  ],
  [(url) => url.includes("\u2029"), () => "http://examp%E2%80%A9le.org/", "as above"],
  [
    (url) => url.startsWith("http:///%2e"),
    (_, url) => (url.includes("%2e%2e%2e") ? "http:///.../a/b" : "http:///a/b"),
    "RFC 3986 3.2.2: three slashes are an empty host, and what follows is path",
  ],
  [
    (url) => /^(?:http|file):\/*(?:%2e)+\//.test(url),
    (theirs) => theirs.replace("0.0.0.0", ""),
    "URL Standard 3.5: a host of dots alone is no address, and nothing else makes it 0.0.0.0",
  ],
  [
    (url) => url.startsWith("nonspecial://%2e"),
    (theirs, url) => theirs.replace("0.0.0.0", url.replace(/^nonspecial:..|[/]a[/]b$/g, "").replaceAll("%2e", ".")),
    "URL Standard 3.5: hosts of schemes it does not know are opaque",
  ],
];

describe("a canonical URL", () => {
  test("is what webarchive-commons says", () => checkAll(readFixture<Vector[]>("url-canonical")));

  test("is what the Internet Archive's surt says", { skip: withoutSamples }, () => {
    const vectors: Vector[] = JSON.parse(sample("vectors/url-canonical.json").toString());
    // Keys whose letter case stays cannot be looked up in anybody's index: there is no such choice.
    checkAll(vectors.filter(({ source, options }) => source.startsWith("internetarchive/") && options !== "query_lowercase=False"));
  });

  for (const [file, by] of [["semantic_precise", "precise"] as const, ["aggressive", "aggressive"] as const])
    test(`is what urlcanon says, ${by}`, () => {
      const { data } = readFixture<{ data: Record<string, string> }>(`urlcanon-${file}`);
      for (const [url, theirs] of Object.entries(data))
        assert.equal(canonicalUrl(Buffer.from(url, "latin1"), by), ours(url, by, theirs), url);
    });

  for (const [section, by] of [
    ["google", "google"],
    ["googleSupplementalFromSurt", "google"],
    ["Canonicalizer.IA", "wayback"],
    ["Canonicalizer.DefaultIA", "wayback"],
  ] as const)
    test(`is what urlcanon says of ${section}`, () => {
      const { data } = readFixture<{ data: Record<string, Record<string, string>> }>("urlcanon-surt");
      // Their test reads this file as bytes, but for the one entry that is text.
      for (const [url, theirs] of Object.entries(data[section] ?? assert.fail()))
        assert.equal(canonicalUrl(url.startsWith("Bücher") ? url : Buffer.from(url, "latin1"), by), theirs, url);
    });

  test("is its own canonical URL, but for a second www and an address behind the first", () => {
    for (const by of ["google", "ordinary", "wayback", "precise", "aggressive"] as const)
      fc.assert(
        fc.property(urls, (url) => {
          fc.pre(!/^[^/]+\/\/(?:[^/]*@)?www\d*\.(?:www|\d|%)/.test(canonicalUrl(url, "ordinary")));
          const once = canonicalUrl(url, by);
          assert.equal(canonicalUrl(once, by), once);
        }),
        { numRuns: 2000 },
      );
  });

  // What takes a time that grows with the square of this never ends, and its file is killed.
  test("of megabytes of the worst pieces is found", () => {
    const hostile = [
      ...["%25", "%", "/../a", "&sid=0123456789abcdef0123456789abcdef", "&xcfid=1&cftoken=1", "&cfid=", "/(0123456789abcdef01234567)"],
      ...["://", "@:", ".", "é", "é.", "1.", "www.", "[:", ";jsessionid=", "&", "\\", "%C3", "(a("],
    ];
    for (const piece of hostile)
      for (const by of ["wayback", "aggressive", "precise"] as const)
        for (const start of ["http://", "http://a/", "http://a/?", "x:", ""]) {
          assert.notEqual(canonicalUrl(`${start}${piece.repeat(100_000)}.aspx`, by), "", `${start}${piece}`);
        }
  });
});

test("a path's dots are taken as browsers take them", () => {
  const { data } = readFixture<{ data: Record<"special" | "nonspecial", Record<string, string>> }>("urlcanon-path_dots");
  // Backslashes are slashes, and codes decoded, before dots are looked at.
  const prepare = (path: string) => path.replace(/%2e/gi, ".");
  for (const [path, expected] of Object.entries(data.special))
    assert.equal(resolveDots(prepare(path.replaceAll("\\", "/"))), expected.replaceAll("\\", "/"), path);
  for (const [path, expected] of Object.entries(data.nonspecial)) assert.equal(resolveDots(prepare(path)), expected, path);
});

test("an odd IPv4 address is the one that browsers connect to", () => {
  const { data } = readFixture<{ data: Record<string, string | null> }>("urlcanon-funky_ipv4");
  for (const [host, expected] of Object.entries(data)) assert.equal(ipv4(host) ?? null, expected, host);
});

for (const [section, step] of Object.entries({
  unescapeRepeatedly: (text: string) => decodeFully(text, ""),
  alphaRorderQuery: sortQuery,
  massageHost: withoutWww,
  stripPathSessionId: withoutPathSession,
}))
  test(`the step that urlcanon calls ${section} gives what it gives`, () => {
    const { data } = readFixture<{ data: Record<string, Record<string, string>> }>("urlcanon-surt");
    for (const [text, expected] of Object.entries(data[section] ?? assert.fail())) assert.equal(step(text), expected, text);
  });

function checkAll(vectors: readonly Vector[]): void {
  assert.ok(vectors.length > 40);
  for (const { url, by = "", canonical = "", source } of vectors)
    assert.equal(canonicalUrl(url ?? "", names[by] ?? "google"), ours(url ?? "", by, canonical), `${url} by ${by} of ${source}`);
}

function ours(url: string, by: string, theirs: string): string {
  return differences.find(([when]) => when(url, by))?.[1](theirs, url) ?? theirs;
}

/** Not only sound URLs: pieces with a meaning, in any order. */
const urls = fc.oneof(
  fc.webUrl({ withQueryParameters: true, withFragments: true }),
  fc
    .array(
      fc.oneof(
        fc.constantFrom(
          "http://",
          "HTTPS:",
          "file:",
          "x:",
          "//",
          "/",
          "\\",
          "?",
          "#",
          "&",
          "=",
          "@",
          ":",
          "%",
          "%25",
          "%2e",
          "..",
          ".",
          "%3F",
          "%26",
        ),
        fc.constantFrom("www.", "www2.", "0x7f.1", "[::1]", ":80", "é", "☃", "\t", " ", "A", "b=1"),
        fc.constantFrom(
          "&sid=0123456789abcdef0123456789abcdef",
          "&cfid=1&cftoken=2",
          "/(0123456789abcdef01234567)/",
          ".aspx",
          "%2F",
          "%41",
        ),
        fc.string({ unit: "binary", maxLength: 3 }),
      ),
      { maxLength: 12 },
    )
    .map((pieces) => pieces.join("")),
);
