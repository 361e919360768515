import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { fixture } from "../../../test/fixture.ts";
import { gather, gatherAll } from "../../../test/gather.ts";
import { sample, withoutSamples } from "../../../test/samples.ts";
import { accessBytes } from "../../bytes/part.ts";
import { readDigest } from "../check-digest.ts";
import { createWacz } from "../create.ts";
import { validateWacz } from "../validate.ts";
import { Wacz } from "../wacz.ts";
import { importSigningKey } from "./sign.ts";
import { signWacz } from "./sign-wacz.ts";
import { type SignatureReport, verifySignature } from "./verify.ts";

const created = new Date("2026-01-02T03:04:05Z");
const domainSigned = await digestOf(fixture("valid_signed_example_1.wacz"));

describe("a signature of a domain", () => {
  test("holds in all that can be told without a network, and the rest is said not to be checked", async () => {
    const report = await verifySignature(domainSigned);
    assert.ok(report.kind === "domain");
    assert.equal(report.domain, "btrix-sign-test.webrecorder.net");
    assert.equal(report.time, "2022-01-18T19:00:12.000Z");
    assert.deepEqual(results(report), {
      form: "ok",
      hash: "ok",
      signature: "ok",
      domain: "ok",
      "domainCert chain": "ok",
      "domainCert authority": "not checked",
      timestamp: "ok",
      time: "ok",
      "timestampCert chain": "ok",
      "timestampCert authority": "not checked",
    });
  });

  const leaf = /-----BEGIN[^-]*-----[^-]*-----END[^-]*-----\n/.exec(String(signed(domainSigned)["domainCert"]))?.[0] ?? "";
  const cases: readonly (readonly [what: string, changed: object, bad: readonly string[]])[] = [
    ["another hash", { hash: `sha256:${"0".repeat(64)}` }, ["hash", "signature"]],
    ["another domain", { domain: "example.com" }, ["domain"]],
    ["a property that is none", { note: "x" }, ["form"]],
    ["a time that is another", { created: "2022-01-18T19:20:12Z" }, ["time"]],
    ["a time when the certificates were not valid", { created: "2023-01-18T19:00:12Z" }, ["domainCert chain", "time"]],
    ["no certificate", { domainCert: undefined }, ["signature", "domain", "domainCert chain"]],
    [
      "a chain out of order",
      { domainCert: String(signed(domainSigned)["domainCert"]).replace(leaf, "") + leaf },
      ["signature", "domain", "domainCert chain"],
    ],
    ["a certificate signed by that of a host", { domainCert: leaf + leaf }, ["domainCert chain"]],
    ["a timestamp by a certificate that is for none", { timestampCert: signed(domainSigned)["domainCert"] }, ["timestamp", "time"]],
    ["a timestamp that is none", { timeSignature: "MAA=" }, ["timestamp", "time"]],
    ["no timestamp", { timeSignature: undefined }, ["timestamp", "time"]],
    ["a cross-signed certificate of another key", { crossSignedCert: signed(domainSigned)["timestampCert"] }, ["cross-signed"]],
  ];
  for (const [what, changed, bad] of cases)
    test(`is bad with ${what}`, async () => {
      const report = await verifySignature({ ...domainSigned, signedData: { ...signed(domainSigned), ...changed } });
      assert.deepEqual(badSteps(report), bad);
    });

  test("is bad with a timestamp in which a byte is another, or which is cut", async () => {
    const stamp = Buffer.from(String(signed(domainSigned)["timeSignature"]), "base64");
    const verify = (timeSignature: Buffer) =>
      verifySignature({ ...domainSigned, signedData: { ...signed(domainSigned), timeSignature: timeSignature.toString("base64") } });
    for (let at = 0; at < stamp.length; at += 31) {
      const changed = Buffer.from(stamp);
      changed[at] = (changed[at] ?? 0) ^ 0x55;
      const report = await verify(changed);
      // Who the signer says to be, and which algorithm he names twice, is not what is trusted.
      if (badSteps(report).length === 0) assert.equal(report.kind === "domain" && report.time, "2022-01-18T19:00:12.000Z");
      assert.deepEqual(badSteps(await verify(stamp.subarray(0, at))), ["timestamp", "time"]);
    }
  });
});

describe("an anonymous signature", () => {
  test("of another writer holds", { skip: withoutSamples }, async () => {
    const report = await verifySignature(await digestOf(sample("webrecorder-replayweb.page/example.wacz")));
    assert.equal(report.kind, "anonymous");
    assert.deepEqual(badSteps(report), []);
  });

  for (const curve of ["P-256", "P-384"])
    test(`that is made with a key on ${curve} holds, and not when the file is another`, async () => {
      const { pem } = await makeKey(curve);
      const sink = gather();
      await signWacz(accessBytes(await makeWacz()), sink, { key: await importSigningKey(pem) });
      assert.deepEqual(await gatherAll(validateWacz(accessBytes(sink.bytes()))), []);
      const digest = await digestOf(sink.bytes());
      const report = await verifySignature(digest);
      assert.equal(report.kind, "anonymous");
      assert.deepEqual(badSteps(report), []);
      const other = { ...signed(digest), hash: `sha256:${"0".repeat(64)}` };
      assert.deepEqual(badSteps(await verifySignature({ hash: other.hash, signedData: other })), ["signature"]);
      const { publicKey } = await makeKey(curve);
      assert.deepEqual(badSteps(await verifySignature({ ...digest, signedData: { ...signed(digest), publicKey } })), ["signature"]);
    });

  test("is made with the file, too, and has its date", async () => {
    const key = await importSigningKey((await makeKey("P-256")).pem);
    const sink = gather();
    await createWacz([{ name: "a.warc.gz", input: accessBytes(fixture("example.warc.gz")) }], sink, { created, key });
    const digest = await digestOf(sink.bytes());
    assert.deepEqual(badSteps(await verifySignature(digest)), []);
    assert.equal(signed(digest)["created"], created.toISOString());
  });

  test("needs a key that can make it", async () => {
    const { privateKey } = await crypto.subtle.generateKey({ name: "ECDH", namedCurve: "P-521" }, true, ["deriveBits"]);
    for (const pem of ["", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----", await toPem(privateKey)])
      await assert.rejects(importSigningKey(pem), { code: "BAD_KEY" });
  });

  test("is not made of what is no WACZ file", async () => {
    const key = await importSigningKey((await makeKey("P-256")).pem);
    await assert.rejects(signWacz(accessBytes(new Uint8Array(100)), gather(), { key }), { code: "NOT_WACZ" });
  });
});

test("what is no signature is bad, and none is none", async () => {
  assert.deepEqual(await verifySignature({ hash: "sha256:00" }), { kind: "none" });
  for (const signedData of [null, 7, [], {}, { publicKey: 7, hash: [], signature: {} }])
    assert.ok(badSteps(await verifySignature({ hash: "sha256:00", signedData })).includes("signature"));
});

test("a signed file holds all that was in it, as it was packed", async () => {
  const before = await Wacz.open(accessBytes(fixture("valid_example_2.wacz")));
  const sink = gather();
  await signWacz(accessBytes(fixture("valid_example_2.wacz")), sink, { key: await importSigningKey((await makeKey("P-256")).pem) });
  const after = await Wacz.open(accessBytes(sink.bytes()));
  const list = ({ zip }: Wacz) =>
    [...zip.entries.values()].map(({ offset: _, ...entry }) => entry).filter(({ name }) => name !== "datapackage-digest.json");
  assert.deepEqual(list(after), list(before));
  assert.deepEqual(
    (await gatherAll(validateWacz(accessBytes(sink.bytes())))).filter(({ severity }) => severity === "error"),
    [],
  );
});

async function digestOf(wacz: Uint8Array): Promise<Readonly<Record<string, unknown>>> {
  return (await readDigest((await Wacz.open(accessBytes(wacz))).zip)) ?? assert.fail("there is no digest");
}

function signed({ signedData }: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  assert.ok(typeof signedData === "object" && signedData);
  return { ...signedData };
}

function results(report: SignatureReport) {
  return Object.fromEntries(report.kind === "none" ? [] : report.checks.map(({ step, result }) => [step, result]));
}

function badSteps(report: SignatureReport): string[] {
  return Object.entries(results(report)).flatMap(([step, result]) => (result === "bad" ? [step] : []));
}

async function makeKey(namedCurve: string) {
  const { privateKey, publicKey } = await crypto.subtle.generateKey({ name: "ECDSA", namedCurve }, true, ["sign", "verify"]);
  return { pem: await toPem(privateKey), publicKey: Buffer.from(await crypto.subtle.exportKey("spki", publicKey)).toString("base64") };
}

async function toPem(key: CryptoKey): Promise<string> {
  const base64 = Buffer.from(await crypto.subtle.exportKey("pkcs8", key)).toString("base64");
  return `-----BEGIN PRIVATE KEY-----\n${base64}\n-----END PRIVATE KEY-----\n`;
}

async function makeWacz(): Promise<Uint8Array> {
  const sink = gather();
  const sources = [{ name: "a.warc.gz", input: accessBytes(fixture("example.warc.gz")) }];
  await createWacz(sources, sink, { created, title: "A", description: "B" });
  return sink.bytes();
}
