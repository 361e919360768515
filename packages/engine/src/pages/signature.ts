import { createHmac, timingSafeEqual } from "node:crypto";

/** `sha256=` and the HMAC of the instant and the body, so that neither can be changed, and an old request not be sent again later. */
export function sign(secret: string, timestamp: string, body: string): string {
  return `sha256=${createHmac("sha256", secret).update(`${timestamp}.${body}`).digest("hex")}`;
}

/** Compares in a time that does not tell how much of it was right. */
export function isSignature(given: string, secret: string, timestamp: string, body: string): boolean {
  return isSame(given, sign(secret, timestamp, body));
}

/** Whether two secrets are the same, in a time that tells nothing about either. */
export function isSame(a: string, b: string): boolean {
  const digest = (text: string) => createHmac("sha256", "fettle").update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}
