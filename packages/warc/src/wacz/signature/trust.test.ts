import assert from "node:assert/strict";
import { test } from "node:test";
import { fixture } from "../../../test/fixture.ts";
import { accessBytes } from "../../bytes/part.ts";
import { readDigest } from "../check-digest.ts";
import { Wacz } from "../wacz.ts";
import { findChainFault, parseChain } from "./certificate.ts";
import type { SigningKey } from "./sign.ts";
import { readTimestamp } from "./timestamp.ts";

const at = new Date("2026-06-01T00:00:00Z");

test("a chain holds only where each signer may sign", async () => {
  const [root, host, victim] = [await makeKey(), await makeKey(), await makeKey()];
  const rootPem = await certify("root", root, "root", root, true);
  const hostPem = await certify("host.example", host, "root", root, false);
  const authorityPem = await certify("host.example", host, "root", root, true);
  const victimPem = await certify("victim.example", victim, "host.example", host, false);
  const fault = (...pems: readonly string[]) => findChainFault(parseChain(pems.join("")) ?? assert.fail("it cannot be read"), at);
  assert.equal(await fault(hostPem, rootPem), undefined);
  assert.equal(await fault(victimPem, authorityPem, rootPem), undefined);
  assert.match((await fault(victimPem, hostPem, rootPem)) ?? "", /may not sign it/);
  assert.match((await fault(victimPem, rootPem)) ?? "", /may not sign it/, "it was issued by another");
  assert.match((await fault(await certify("victim.example", victim, "root", host, false), rootPem)) ?? "", /not signed by the next one/);
});

test("a timestamp is of one text, by a server that is there for it", async () => {
  const digest = await readDigest((await Wacz.open(accessBytes(fixture("valid_signed_example_1.wacz")))).zip);
  const signed: Readonly<Record<string, unknown>> = { ...(digest?.["signedData"] as object) };
  const [certificate] = parseChain(signed["timestampCert"]) ?? assert.fail();
  const stamp = Uint8Array.from(Buffer.from(String(signed["timeSignature"]), "base64"));
  const text = Uint8Array.from(Buffer.from(String(signed["signature"])));
  assert.deepEqual(await readTimestamp(stamp, text, certificate), new Date("2022-01-18T19:00:12Z"));
  assert.equal(await readTimestamp(stamp, text.subarray(1), certificate), "it is of something else");
  assert.match(String(await readTimestamp(stamp, text, { ...certificate, purposes: [] })), /not one of a timestamp server/);
});

function makeKey(): Promise<SigningKey> {
  return crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, true, ["sign", "verify"]);
}

/** A certificate (RFC 5280 4.1) of the year 2026. */
async function certify(subject: string, key: SigningKey, issuer: string, signer: SigningKey, isAuthority: boolean): Promise<string> {
  const algorithm = der(0x30, der(0x06, Buffer.from("2a8648ce3d040302", "hex")));
  const name = (text: string) => der(0x30, der(0x31, der(0x30, der(0x06, Buffer.from("550403", "hex")), der(0x0c, Buffer.from(text)))));
  const constraints = der(
    0x30,
    der(0x06, Buffer.from("551d13", "hex")),
    der(0x04, der(0x30, ...(isAuthority ? [der(0x01, Buffer.from([0xff]))] : []))),
  );
  const body = der(
    0x30,
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, Buffer.from([1])),
    algorithm,
    name(issuer),
    der(0x30, der(0x17, Buffer.from("260101000000Z")), der(0x17, Buffer.from("261231000000Z"))),
    name(subject),
    Buffer.from(await crypto.subtle.exportKey("spki", key.publicKey)),
    der(0xa3, der(0x30, constraints)),
  );
  const plain = Buffer.from(await crypto.subtle.sign({ name: "ECDSA", hash: "SHA-256" }, signer.privateKey, body));
  const number = (bytes: Buffer) => der(0x02, Buffer.concat([Buffer.from([0]), bytes]));
  const signature = der(0x30, number(plain.subarray(0, 32)), number(plain.subarray(32)));
  const whole = der(0x30, body, algorithm, der(0x03, Buffer.from([0]), signature));
  return `-----BEGIN CERTIFICATE-----\n${whole.toString("base64")}\n-----END CERTIFICATE-----\n`;
}

function der(tag: number, ...parts: readonly Uint8Array[]): Buffer<ArrayBuffer> {
  const value = Buffer.concat(parts);
  const length = value.length < 0x80 ? [value.length] : [0x82, value.length >> 8, value.length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...length]), value]);
}
