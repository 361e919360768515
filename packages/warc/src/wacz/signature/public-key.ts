import { Der } from "./der.ts";

type Hash = "SHA-256" | "SHA-384" | "SHA-512";

/** The hash of an algorithm by its identifier, as hexadecimal digits: alone, with RSA, and with ECDSA. */
const hashes: Readonly<Record<string, Hash>> = {
  "608648016503040201": "SHA-256",
  "608648016503040202": "SHA-384",
  "608648016503040203": "SHA-512",
  "2a864886f70d01010b": "SHA-256",
  "2a864886f70d01010c": "SHA-384",
  "2a864886f70d01010d": "SHA-512",
  "2a8648ce3d040302": "SHA-256",
  "2a8648ce3d040303": "SHA-384",
  "2a8648ce3d040304": "SHA-512",
};

const curves: Readonly<Record<string, { readonly namedCurve: string; readonly size: number }>> = {
  "2a8648ce3d030107": { namedCurve: "P-256", size: 32 },
  "2b81040022": { namedCurve: "P-384", size: 48 },
  "2b81040023": { namedCurve: "P-521", size: 66 },
};

const rsa = "2a864886f70d010101";

/** The hash that an algorithm takes; undefined where it is none that is known, or no more to be trusted, as SHA-1. */
export function hashNamed(identifier: string | undefined): Hash | undefined {
  return hashes[identifier ?? ""];
}

/**
 * Whether a signature is that of the data by the key, which is a SubjectPublicKeyInfo of RSA (PKCS #1 v1.5) or ECDSA. Undefined where the key
 * is of another kind or cannot be read.
 */
export async function isSignedBy(
  key: Uint8Array<ArrayBuffer>,
  hash: Hash,
  signature: Uint8Array<ArrayBuffer>,
  data: Uint8Array<ArrayBuffer>,
): Promise<boolean | undefined> {
  const algorithm = Der.parse(key)?.at(0);
  const curve = curves[algorithm?.at(1)?.hex ?? ""];
  try {
    if (algorithm?.at(0)?.hex === rsa) {
      const imported = await crypto.subtle.importKey("spki", key, { name: "RSASSA-PKCS1-v1_5", hash }, false, ["verify"]);
      return await crypto.subtle.verify("RSASSA-PKCS1-v1_5", imported, signature, data);
    }
    if (!curve) return undefined;
    const imported = await crypto.subtle.importKey("spki", key, { name: "ECDSA", namedCurve: curve.namedCurve }, false, ["verify"]);
    return await crypto.subtle.verify({ name: "ECDSA", hash }, imported, plainSignature(signature, curve.size), data);
  } catch (error) {
    // The platform refuses a key that is none.
    if (error instanceof DOMException) return undefined;
    throw error;
  }
}

/** Certificates and OpenSSL have r and s as numbers in DER, WebCrypto wants them beside each other. */
function plainSignature(signature: Uint8Array<ArrayBuffer>, size: number): Uint8Array<ArrayBuffer> {
  const der = signature.length === 2 * size ? undefined : Der.parse(signature);
  const [r, s] = [der?.at(0), der?.at(1)].map((number) => number?.value.subarray(-size));
  if (!r || !s) return signature;
  const plain = new Uint8Array(2 * size);
  plain.set(r, size - r.length);
  plain.set(s, 2 * size - s.length);
  return plain;
}
