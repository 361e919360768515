import { parseBase64 } from "./base64.ts";
import { type Certificate, findChainFault, parseChain } from "./certificate.ts";
import { isSignedBy } from "./public-key.ts";
import { readTimestamp } from "./timestamp.ts";

/** One step of a verification (WACZ Signing and Verification 0.1.0, verification). */
export interface SignatureCheck {
  readonly step: string;
  readonly result: "ok" | "bad" | "not checked";
  /** What was found, as a sentence. */
  readonly message: string;
}

/** What a signature says of who made a file, and how far it holds. */
export type SignatureReport =
  | { readonly kind: "none" }
  /** Whoever has the key that belongs to `publicKey`: who that is has to be known from elsewhere. */
  | { readonly kind: "anonymous"; readonly publicKey: string; readonly checks: readonly SignatureCheck[] }
  /** Whoever had a certificate of the domain. */
  | { readonly kind: "domain"; readonly domain: string; readonly time: string | undefined; readonly checks: readonly SignatureCheck[] };

const shared = ["hash", "created", "software", "version", "signature"];
const forms = {
  anonymous: new Set([...shared, "publicKey"]),
  domain: new Set([...shared, "domain", "domainCert", "timeSignature", "timestampCert", "crossSignedCert"]),
} as const;

/**
 * Checks the signature in a `datapackage-digest.json`, without any network: so it cannot tell whether the authority at the end of a chain is to
 * be trusted, and says so. That the hash is that of the file is for `validateWacz` to tell.
 */
export async function verifySignature(digest: Readonly<Record<string, unknown>>): Promise<SignatureReport> {
  const { signedData } = digest;
  if (signedData === undefined) return { kind: "none" };
  const signed: Signed = typeof signedData === "object" && signedData !== null ? { ...signedData } : {};
  const kind = signed["publicKey"] === undefined && signed["domain"] !== undefined ? "domain" : "anonymous";
  const unknown = Object.keys(signed).filter((name) => !forms[kind].has(name));
  const checks = [
    check(
      "form",
      unknown.length === 0,
      "signedData has the properties of its kind only",
      `signedData has ${unknown.join(", ")}, which it must not`,
    ),
    check("hash", signed["hash"] === digest["hash"], "the hash that is signed is that of datapackage-digest.json"),
  ];
  if (kind === "domain") return verifyDomain(signed, checks);
  const publicKey = text(signed["publicKey"]);
  return { kind, publicKey, checks: [...checks, await checkSignature(signed, parseBase64(publicKey), "publicKey")] };
}

type Signed = Readonly<Record<string, unknown>>;

async function verifyDomain(signed: Signed, begun: readonly SignatureCheck[]): Promise<SignatureReport> {
  const domain = text(signed["domain"]);
  const created = new Date(text(signed["created"]));
  const chain = parseChain(signed["domainCert"]);
  const stampChain = parseChain(signed["timestampCert"]);
  const stamp = await readStamp(signed, stampChain?.[0]);
  const time = typeof stamp === "string" ? undefined : stamp;
  const checks = [
    ...begun,
    await checkSignature(signed, chain?.[0].publicKey, "domainCert"),
    check("domain", chain?.[0].hosts.includes(domain) ?? false, `domainCert is for ${domain}`),
    ...(await checkChain("domainCert", chain, created)),
    check("timestamp", time !== undefined, "timeSignature is a timestamp of the signature", `timeSignature does not hold: ${stamp}`),
    check(
      "time",
      time !== undefined && Math.abs(time.getTime() - created.getTime()) <= mostApart,
      "created is within 10 minutes of the timestamp",
    ),
    ...(await checkChain("timestampCert", stampChain, time ?? created)),
    ...(await checkCrossSigned(signed, created)),
  ];
  return { kind: "domain", domain, time: time?.toISOString(), checks };
}

const mostApart = 10 * 60 * 1000;
const encoder = new TextEncoder();

async function checkSignature(signed: Signed, key: Uint8Array<ArrayBuffer> | undefined, name: string): Promise<SignatureCheck> {
  const signature = parseBase64(text(signed["signature"]));
  // Whatever the curve of the key: that is how all who sign do it.
  const isSigned = key && signature && (await isSignedBy(key, "SHA-256", signature, encoder.encode(text(signed["hash"]))));
  return check("signature", isSigned === true, `signature is that of the hash by the key of ${name}`);
}

async function readStamp(signed: Signed, certificate: Certificate | undefined): Promise<Date | string> {
  const response = parseBase64(text(signed["timeSignature"]));
  if (!certificate) return "there is no timestampCert that can be read";
  return response ? readTimestamp(response, encoder.encode(text(signed["signature"])), certificate) : "it is no base64";
}

async function checkChain(name: string, chain: readonly Certificate[] | undefined, at: Date): Promise<SignatureCheck[]> {
  const last = chain?.at(-1);
  if (!chain || !last) return [check(`${name} chain`, false, `${name} is a chain of certificates that can be read`)];
  const fault = await findChainFault(chain, at);
  const message = `whether the last one of ${name} is to be trusted: its fingerprint is ${last.fingerprint}`;
  return [
    check(`${name} chain`, fault === undefined, `each certificate of ${name} is signed by the next one`, `${name} does not hold: ${fault}`),
    { step: `${name} authority`, result: "not checked", message },
  ];
}

/** The same key, certified by somebody else. */
async function checkCrossSigned(signed: Signed, created: Date): Promise<SignatureCheck[]> {
  if (signed["crossSignedCert"] === undefined) return [];
  const chain = parseChain(signed["crossSignedCert"]);
  const signature = await checkSignature(signed, chain?.[0].publicKey, "crossSignedCert");
  return [{ ...signature, step: "cross-signed" }, ...(await checkChain("crossSignedCert", chain, created))];
}

function check(step: string, isOk: boolean, claim: string, problem = `it does not hold that ${claim}`): SignatureCheck {
  return { step, result: isOk ? "ok" : "bad", message: isOk ? claim : problem };
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}
