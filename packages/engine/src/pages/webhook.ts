import type { Notice, Way } from "../worker/way.ts";
import { checkSecret, checkUrl, post } from "./post.ts";
import { sentence } from "./sentence.ts";
import { sign } from "./signature.ts";

export interface WebhookOptions {
  readonly url: string | undefined;
  /** Signs each request: see `Fettle-Signature`. */
  readonly secret: string | undefined;
  /** Default `webhook`. */
  readonly name?: string | undefined;
}

/**
 * Pages as JSON to an address of yours: `{ act, token, text, page }`. The receiver may see one delivery twice, and knows it by `act` and `token`.
 * `Fettle-Timestamp` holds seconds since 1970, and `Fettle-Signature` is `sha256=` with the HMAC-SHA256, in hexadecimal, of the timestamp, a
 * full stop and the body. Throws BAD_CONFIG.
 */
export function webhook({ url, secret, name = "webhook" }: WebhookOptions): Way {
  const address = checkUrl(name, url);
  const key = checkSecret(name, "secret", secret);
  return {
    name,
    tell(notice, abort) {
      const body = bodyOf(notice);
      const timestamp = String(Math.floor(Date.now() / 1000));
      const headers = { "fettle-timestamp": timestamp, "fettle-signature": sign(key, timestamp, body) };
      return post({ to: name, url: address, body, headers }, abort);
    },
  };
}

function bodyOf(notice: Notice): string {
  const { act, token, page } = notice;
  // What was told to other ways is nobody's business there.
  const { deliveries, ...told } = page;
  return JSON.stringify({ act, token, text: sentence(notice), page: told });
}
