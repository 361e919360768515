import { formatCdxj } from "../cdx/cdxj.ts";
import { parseIndexLine } from "../cdx/read.ts";
import { formatDigest, parseDigest } from "../digest/labelled-digest.ts";
import type { Duplicate } from "./revisit.ts";

/** A payload in a file that is sorted by digest, and then by the order of the records. */
export interface DigestLine extends Duplicate {
  /** From 1, over all files; 0 for one that was seen before. */
  readonly order: number;
}

/** Each is a line of CDXJ, whose key is the digest and whose time is the order. */
export function formatDigestLine({ digest, order, bodyAt, earlier }: DigestLine): string {
  return formatCdxj({
    urlkey: digest,
    timestamp: keyOfOrder(order),
    url: earlier.url,
    others: { date: earlier.date, bodyAt: String(bodyAt) },
  });
}

/** The same, where the order is the key. */
export function formatOrderLine(line: DigestLine): string {
  const { digest, order, bodyAt, earlier } = line;
  return formatCdxj({
    urlkey: keyOfOrder(order),
    timestamp: "0",
    url: earlier.url,
    digest,
    others: { date: earlier.date, bodyAt: String(bodyAt) },
  });
}

export function parseDigestLine(line: string): DigestLine | undefined {
  return parse(line, ({ urlkey, timestamp }) => ({ digest: urlkey, order: Number(timestamp) }));
}

export function parseOrderLine(line: string): DigestLine | undefined {
  return parse(line, ({ urlkey, digest = "" }) => ({ digest, order: Number(urlkey) }));
}

/** In the one spelling that keys have; undefined where it is none that can be computed. */
export function keyOfDigest(digest: string): { readonly key: string; readonly bytes: Uint8Array } | undefined {
  const parsed = parseDigest(digest);
  return parsed.kind === "digest" ? { key: formatDigest(parsed.algorithm, parsed.bytes), bytes: parsed.bytes } : undefined;
}

type Entry = NonNullable<ReturnType<typeof parseIndexLine>["entry"]>;

function parse(line: string, keys: (entry: Entry) => { readonly digest: string; readonly order: number }): DigestLine | undefined {
  const { entry } = parseIndexLine(line);
  const { date, bodyAt } = entry?.others ?? {};
  if (entry?.url === undefined || typeof date !== "string") return undefined;
  return { ...keys(entry), bodyAt: Number(bodyAt), earlier: { url: entry.url, date } };
}

function keyOfOrder(order: number): string {
  return String(order).padStart(15, "0");
}
