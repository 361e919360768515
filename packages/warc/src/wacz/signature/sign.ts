import { WarcError } from "../../error.ts";
import { formatBase64, parseBase64 } from "./base64.ts";

/** An anonymous signature (WACZ Signing and Verification 0.1.0): it proves that whoever has the key made the file, and not who that is. */
export interface AnonymousSignature {
  /** Of `datapackage.json`: `sha256:…`. This text is what is signed. */
  readonly hash: string;
  /** When (RFC 3339). */
  readonly created: string;
  readonly software: string;
  readonly version: string;
  /** In base64, as WebCrypto makes it: r and s beside each other (IEEE P1363). */
  readonly signature: string;
  /** In base64, as a SubjectPublicKeyInfo. */
  readonly publicKey: string;
}

/** A key pair of ECDSA, which signs. */
export interface SigningKey {
  readonly privateKey: CryptoKey;
  readonly publicKey: CryptoKey;
}

export interface SignOptions {
  /** When (RFC 3339). */
  readonly created: string;
  /** What makes the file. */
  readonly software: string;
}

/** Signs the hash of a `datapackage.json` with SHA-256, whatever the curve of the key. */
export async function signHash(hash: string, key: SigningKey, { created, software }: SignOptions): Promise<AnonymousSignature> {
  const signature = await crypto.subtle.sign({ name: "ECDSA", hash: "SHA-256" }, key.privateKey, new TextEncoder().encode(hash));
  const publicKey = await crypto.subtle.exportKey("spki", key.publicKey);
  return {
    hash,
    created,
    software,
    version: "0.1.0",
    signature: formatBase64(new Uint8Array(signature)),
    publicKey: formatBase64(new Uint8Array(publicKey)),
  };
}

/** The curves that WebCrypto has everywhere. */
const curves = ["P-256", "P-384"] as const;

/** Reads a private key as OpenSSL writes it, PKCS #8 in PEM. Throws `BAD_KEY` where it is no key of ECDSA on P-256 or P-384. */
export async function importSigningKey(pem: string): Promise<SigningKey> {
  const base64 = /-----BEGIN PRIVATE KEY-----([\s\S]*?)-----END PRIVATE KEY-----/.exec(pem)?.[1];
  const bytes = base64 === undefined ? undefined : parseBase64(base64);
  if (!bytes) throw badKey("it is no PEM file with a PRIVATE KEY that is not encrypted");
  for (const namedCurve of curves) {
    const algorithm = { name: "ECDSA", namedCurve };
    try {
      const privateKey = await crypto.subtle.importKey("pkcs8", bytes, algorithm, true, ["sign"]);
      const { d: _, key_ops: __, ...jwk } = await crypto.subtle.exportKey("jwk", privateKey);
      return { privateKey, publicKey: await crypto.subtle.importKey("jwk", jwk, algorithm, true, ["verify"]) };
    } catch (error) {
      if (!(error instanceof DOMException)) throw error;
      // It is of another curve, or of none.
    }
  }
  throw badKey("it is no key of ECDSA on the curve P-256 or P-384");
}

function badKey(problem: string): WarcError {
  const fix = "Make one with: openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out key.pem";
  return new WarcError("BAD_KEY", `Cannot sign with the key: ${problem}`, fix);
}
