import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { sample, withoutSamples } from "../../test/samples.ts";
import { readFixture, type Vector } from "../../test/vectors.ts";
import { reverseLabels, ssurt, ssurtHost, surt, urlKey } from "./surt.ts";

/** Where oracles contradict one another: what we say, and why. */
const decided: ReadonlyMap<string, readonly [surt: string, why: string]> = new Map([
  ["", ["-", "a CDX line has no empty fields; two oracles of three say so"]],
  ["dns:alexa.com", ["dns:alexa.com", "a lookup of a name is no page of its host; two oracles of three say so"]],
  ["dns:archive.org", ["dns:archive.org", "as above"]],
]);

describe("the key of a URL", () => {
  test("is what jwarc, webarchive-commons and warcio.js give it", () => checkAll(readFixture<Vector[]>("surt")));

  test("is what urlcanon gives it as defaultIASurt", () => {
    const { data } = readFixture<{ data: { defaultIASurt: Record<string, string> } }>("urlcanon-surt");
    for (const [url, expected] of Object.entries(data.defaultIASurt)) assert.equal(urlKey(url), expected);
  });

  test("is what the Internet Archive's surt gives it", { skip: withoutSamples }, () => {
    checkAll(JSON.parse(sample("vectors/surt.json").toString()).filter((vector: Vector) => vector.source.startsWith("internetarchive/")));
  });

  test("leaves userinfo out, and keeps a port that is not the scheme's own", () => {
    assert.equal(urlKey("http://user:pass@www.Example.com:8080/A"), "com,example:8080)/a");
    assert.equal(urlKey("ftp://example.com:21/"), "com,example)/");
  });

  test("takes a name with a port for a host, not for a scheme", () => {
    assert.equal(urlKey("example.com:80/a"), "com,example)/a");
    assert.equal(urlKey("example.com:8080"), "com,example:8080)/");
    assert.equal(urlKey("tel:112"), "tel:112");
  });

  test("takes bytes that are no UTF-8 as they are", () => {
    assert.equal(urlKey(Uint8Array.from([...Buffer.from("http://a.com/"), 0xe4, 0xee])), "com,a)/%e4%ee");
  });

  test("has no blank, no control and no byte beyond ASCII, whatever is given", () => {
    fc.assert(fc.property(fc.oneof(fc.string({ unit: "binary" }), fc.webUrl()), (url) => assert.match(urlKey(url), /^[\x21-\x7e]+$/)));
  });
});

describe("the SURT of a URL as it stands", () => {
  const { data } = readFixture<{ data: Record<string, Record<string, string>> }>("urlcanon-ssurt");
  const forms = {
    surt: { scheme: true, trailingComma: true },
    surtWithoutScheme: { trailingComma: true },
    surtWithoutTrailingComma: { scheme: true },
  };
  for (const [name, form] of Object.entries(forms))
    test(`is what urlcanon gives as ${name}, but that addresses are turned round as in every index`, () => {
      const turned = (expected: string) => expected.replace("10.1.2.3", "trailingComma" in form ? "3,2,1,10," : "3,2,1,10");
      for (const [url, expected] of Object.entries(data[name] ?? assert.fail(name))) assert.equal(surt(url, form), turned(expected), url);
    });

  test("sorts by host, port and scheme in its sortable form", () => {
    for (const [url, expected] of Object.entries(data.ssurt ?? assert.fail())) assert.equal(ssurt(url), expected);
    for (const [host, expected] of Object.entries(data.ssurtHost ?? assert.fail())) assert.equal(ssurtHost(host), expected);
    for (const [host, expected] of Object.entries(data.reverseHost ?? assert.fail())) assert.equal(reverseLabels(host), expected);
  });
});

function checkAll(vectors: readonly Vector[]): void {
  assert.ok(vectors.length > 40);
  for (const { url, surt: expected, options, source } of vectors) {
    const { with_scheme = false, trailing_comma = false, host_massage = true } = typeof options === "object" ? options : {};
    // To leave `www.` is to hold fewer URLs to be the same: another canonicaliser.
    const key = urlKey(url ?? "", { scheme: with_scheme, trailingComma: trailing_comma }, host_massage ? "wayback" : "ordinary");
    assert.equal(key, decided.get(url ?? "")?.[0] ?? expected, `${url} by ${source}`);
  }
}
