import type { ArchiveRecord } from "../read/record.ts";

/** What a revisit says about the record that it refers to. */
export interface Reference {
  /** WARC-Profile (ISO 28500:2017 6.7.2, 6.7.3), of whatever version. */
  readonly profile: "identical-payload-digest" | "server-not-modified" | "other";
  /** WARC-Refers-To (5.11), in angle brackets. */
  readonly id: string | undefined;
  /** WARC-Refers-To-Target-URI (5.12); where it has none, its own. */
  readonly targetUri: string | undefined;
  /** WARC-Refers-To-Date (5.13). Where it has none, any earlier one will do whose payload has the digest. */
  readonly date: string | undefined;
  /** WARC-Payload-Digest (5.9). */
  readonly payloadDigest: string | undefined;
}

/** Reads it from the header of a revisit. */
export function referenceOf({ fields, targetUri }: Pick<ArchiveRecord, "fields" | "targetUri">): Reference {
  const profile = fields.get("WARC-Profile") ?? "";
  return {
    profile: /identical-payload-digest\W*$/.test(profile)
      ? "identical-payload-digest"
      : /server-not-modified\W*$/.test(profile)
        ? "server-not-modified"
        : "other",
    id: fields.get("WARC-Refers-To"),
    targetUri: fields.get("WARC-Refers-To-Target-URI")?.replace(/^<(.*)>$/s, "$1") ?? targetUri,
    date: fields.get("WARC-Refers-To-Date"),
    payloadDigest: fields.get("WARC-Payload-Digest"),
  };
}
