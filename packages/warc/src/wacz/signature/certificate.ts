import { hashOf } from "#hash";
import { encode } from "../../digest/base.ts";
import { parseBase64 } from "./base64.ts";
import { Der } from "./der.ts";
import { hashNamed, isSignedBy } from "./public-key.ts";

/** A certificate of X.509 (RFC 5280), as far as a signature needs it. */
export interface Certificate {
  /** The hosts that it is for. */
  readonly hosts: readonly string[];
  /** As a SubjectPublicKeyInfo. */
  readonly publicKey: Uint8Array<ArrayBuffer>;
  readonly notBefore: Date;
  readonly notAfter: Date;
  /** Whether it may sign certificates (RFC 5280 4.2.1.9): that of a host must not, or every host could speak for every other. */
  readonly isAuthority: boolean;
  /** What its key is for, by identifiers as hexadecimal digits (RFC 5280 4.2.1.12). */
  readonly purposes: readonly string[];
  readonly subject: string;
  readonly issuer: string;
  /** By which its owner can be looked up: `sha256:…`. */
  readonly fingerprint: string;
  /** What its issuer signed, and how. */
  readonly signed: Uint8Array<ArrayBuffer>;
  readonly algorithm: string;
  readonly signature: Uint8Array<ArrayBuffer>;
}

const mostCertificates = 10;

/** The certificates of a PEM text in their order; undefined where one cannot be read, or there is none. */
export function parseChain(pem: unknown): readonly [Certificate, ...Certificate[]] | undefined {
  if (typeof pem !== "string") return undefined;
  const texts = [...pem.matchAll(/-----BEGIN CERTIFICATE-----([^-]*)-----END CERTIFICATE-----/g)].slice(0, mostCertificates);
  const [first, ...others] = texts.map(([, base64 = ""]) => parseCertificate(parseBase64(base64)));
  return first && others.every((one) => one !== undefined) ? [first, ...others] : undefined;
}

/**
 * What is wrong with a chain in which each certificate has to be signed by the next, and be valid at that time; undefined where nothing is.
 * Whether its last one is to be trusted it cannot tell.
 */
export async function findChainFault(chain: readonly Certificate[], at: Date): Promise<string | undefined> {
  for (const [index, { notBefore, notAfter, algorithm, signature, signed }] of chain.entries()) {
    const name = `certificate ${index + 1} of ${chain.length}`;
    if (at < notBefore || at > notAfter) return `${name} was not valid at ${at.toISOString()}`;
    const issuer = chain[index + 1];
    const hash = hashNamed(algorithm);
    if (!issuer) continue;
    if (!issuer.isAuthority || issuer.subject !== chain[index]?.issuer) return `the one behind ${name} may not sign it`;
    if (!hash || !(await isSignedBy(issuer.publicKey, hash, signature, signed))) return `${name} is not signed by the next one`;
  }
  return undefined;
}

function parseCertificate(bytes: Uint8Array<ArrayBuffer> | undefined): Certificate | undefined {
  const [body, algorithm, signature] = (bytes && Der.parse(bytes)?.children) ?? [];
  // The version stands before all else, where it is not the first.
  const [, , issuer, validity, subject, key, ...rest] = body?.children.filter(({ tag }, index) => index > 0 || tag !== 0xa0) ?? [];
  const [notBefore, notAfter] = [validity?.at(0)?.time, validity?.at(1)?.time];
  if (!bytes || !body || !algorithm || !signature || !issuer || !subject || !key || !notBefore || !notAfter) return undefined;
  const extensions = rest.find(({ tag }) => tag === 0xa3)?.at(0)?.children ?? [];
  return {
    hosts: [...alternativeNames(extensions), ...commonNames(subject)],
    publicKey: key.whole,
    notBefore,
    notAfter,
    isAuthority: extension(extensions, "551d13").some(({ tag, hex }) => tag === 0x01 && hex === "ff"),
    purposes: extension(extensions, "551d25").map(({ hex }) => hex),
    subject: subject.hex,
    issuer: issuer.hex,
    fingerprint: `sha256:${encode("base16", hashOf("sha256", bytes))}`,
    signed: body.whole,
    algorithm: algorithm.at(0)?.hex ?? "",
    // A string of bits begins with how many of the last byte are none.
    signature: signature.value.subarray(1),
  };
}

function commonNames(subject: Der): string[] {
  const named = subject.children.flatMap((set) => set.children).filter((attribute) => attribute.at(0)?.hex === "550403");
  return named.map((attribute) => attribute.at(1)?.text ?? "");
}

/** Names of hosts among the subject's alternative names (RFC 5280 4.2.1.6). */
function alternativeNames(extensions: readonly Der[]): string[] {
  return extension(extensions, "551d11")
    .filter(({ tag }) => tag === 0x82)
    .map(({ text }) => text);
}

/** What is listed in an extension, by its identifier. */
function extension(extensions: readonly Der[], identifier: string): readonly Der[] {
  const value = extensions.find((one) => one.at(0)?.hex === identifier)?.children.at(-1)?.value;
  return (value && Der.parse(value)?.children) ?? [];
}
