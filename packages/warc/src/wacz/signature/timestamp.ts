import { compareBytes } from "../../cdx/byte-order.ts";
import type { Certificate } from "./certificate.ts";
import { Der } from "./der.ts";
import { hashNamed, isSignedBy } from "./public-key.ts";

const timestampInfo = "2a864886f70d0109100104";
/** What the key of a timestamp server must be for (RFC 3161 2.3). */
const timeStamping = "2b06010505070308";
const messageDigest = "2a864886f70d010904";

/**
 * When a timestamp says that `data` was there (RFC 3161), or a sentence where it does not say so, or is not signed by the certificate. `response`
 * is what a timestamp server answers, in DER.
 */
export async function readTimestamp(
  response: Uint8Array<ArrayBuffer>,
  data: Uint8Array<ArrayBuffer>,
  certificate: Certificate,
): Promise<Date | string> {
  // TimeStampResp, its token, and in that the SignedData of RFC 5652 5.1.
  const signedData = Der.parse(response)?.at(1)?.at(1)?.at(0);
  const content = signedData?.at(2);
  const info = content?.at(1)?.at(0);
  if (!certificate.purposes.includes(timeStamping)) return "timestampCert is not one of a timestamp server";
  if (!signedData || !info || content?.at(0)?.hex !== timestampInfo) return "it is no timestamp";
  const fault = await findSignatureFault(signedData, info.value, certificate);
  if (fault) return fault;
  const [, , imprint, , time] = Der.parse(info.value)?.children ?? [];
  const hash = hashNamed(imprint?.at(0)?.at(0)?.hex);
  const stamped = imprint?.at(1)?.value;
  if (!hash || !stamped || !(await isDigest(hash, data, stamped))) return "it is of something else";
  return time?.time ?? "it has no time";
}

/** The signer signs attributes (RFC 5652 5.4), of which one is the digest of the content. */
async function findSignatureFault(
  signedData: Der,
  content: Uint8Array<ArrayBuffer>,
  { publicKey }: Certificate,
): Promise<string | undefined> {
  const signer = signedData.children.findLast(({ tag }) => tag === 0x31)?.at(0);
  const [, , digestAlgorithm, attributes, algorithm, signature] = signer?.children ?? [];
  const hash = hashNamed(digestAlgorithm?.at(0)?.hex);
  if (!hash || !algorithm || !signature || attributes?.tag !== 0xa0) return "its signature is of a kind that is not known";
  const declared = attributes.children
    .find((attribute) => attribute.at(0)?.hex === messageDigest)
    ?.at(1)
    ?.at(0)?.value;
  if (!declared || !(await isDigest(hash, content, declared))) return "its content is another than was signed";
  // What is signed are the attributes as a set, which they are not tagged as where they stand.
  const signed = Uint8Array.from(attributes.whole);
  signed[0] = 0x31;
  if (!(await isSignedBy(publicKey, hash, signature.value, signed))) return "it is not signed by timestampCert";
  return undefined;
}

async function isDigest(hash: string, data: Uint8Array<ArrayBuffer>, expected: Uint8Array): Promise<boolean> {
  return compareBytes(new Uint8Array(await crypto.subtle.digest(hash, data)), expected) === 0;
}
