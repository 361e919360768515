import type { Indexed } from "../cdx/indexed.ts";
import { openMessage } from "../http/message.ts";
import { messageKind } from "../http/message-kind.ts";
import type { ArchiveRecord } from "../read/record.ts";
import { urlKey } from "../urlkey/surt.ts";
import { readTitle } from "./title.ts";

/** What the index for replay knows beyond CDXJ. */
export interface CaptureDetails {
  /** Which of the records that begin at its offset it is, from 0: more than one do where they share a gzip member. */
  readonly nth: string;
  /** Of a page, where it has one. */
  readonly title?: string;
  /** `yes` for a revisit (ISO 28500:2017 6.7). */
  readonly revisit?: string;
  /** Of the record that a revisit refers to (5.11, 5.12): its URL and time. */
  readonly refersToUrl?: string;
  readonly refersToDate?: string;
}

/** A URL that is longer is found by nobody, and makes a line of an index that none can read. */
const longestUrl = 1 << 16;

/** What can be replayed of a record: undefined for a request, say, or what no HTTP URL leads to. `filename` is kept as it is. */
export async function captureOf(record: ArchiveRecord, nth: number, filename: string): Promise<Indexed | undefined> {
  const { targetUri: url = "", type = "", date } = record;
  const isReplayed = ["response", "revisit", "resource", "conversion", "arc"].includes(type);
  const timestamp = timestampOf(date);
  if (!isReplayed || !timestamp || !/^https?:\/\//i.test(url) || url.length > longestUrl) return undefined;
  const described = await describe(record);
  const details: CaptureDetails = { nth: String(nth), ...described.details, ...(type === "revisit" && referenceOf(record)) };
  const digest = record.fields.get("WARC-Payload-Digest");
  return {
    urlkey: urlKey(url),
    timestamp,
    url,
    ...(described.mime && { mime: described.mime }),
    ...(described.status !== undefined && { status: described.status }),
    ...(described.redirect !== undefined && { redirect: described.redirect }),
    ...(digest !== undefined && { digest }),
    offset: record.offset,
    filename,
    others: { ...details },
  };
}

/** `2017-03-06T04:02:06Z` as the 14 digits of an index; parts that are missing are their first. */
export function timestampOf(date: string | undefined): string | undefined {
  const digits = date?.replace(/\..*/, "").replace(/\D/g, "") ?? "";
  return digits.length >= 4 ? `${digits}${"00000101000000".slice(digits.length)}`.slice(0, 14) : undefined;
}

interface Described {
  readonly mime?: string | undefined;
  readonly status?: number | undefined;
  /** Where it sends the browser. */
  readonly redirect?: string | undefined;
  readonly details: Partial<CaptureDetails>;
}

async function describe(record: ArchiveRecord): Promise<Described> {
  const kind = messageKind(record);
  if (kind === "request") return { details: {} };
  if (kind === undefined) return { mime: mimeOf(record.contentType), status: 200, details: {} };
  const message = await openMessage(record.block, kind);
  const { head } = message;
  const contentType = head?.fields.get("Content-Type");
  const mime = mimeOf(contentType);
  const title = isHtml(mime) && record.type !== "revisit" ? await readTitle(message.decoded(), contentType) : undefined;
  const location = head?.fields.get("Location");
  const redirect = location === undefined ? undefined : URL.parse(location, record.targetUri)?.href;
  const status = head?.kind === "response" ? head.status : undefined;
  return { mime, status, ...(redirect && redirect.length < longestUrl && { redirect }), details: title === undefined ? {} : { title } };
}

function referenceOf({ fields }: ArchiveRecord): Partial<CaptureDetails> {
  const refersToUrl = fields.get("WARC-Refers-To-Target-URI")?.replace(/^<(.*)>$/s, "$1");
  const refersToDate = timestampOf(fields.get("WARC-Refers-To-Date"));
  return { revisit: "yes", ...(refersToUrl !== undefined && { refersToUrl }), ...(refersToDate !== undefined && { refersToDate }) };
}

export function mimeOf(contentType: string | undefined): string | undefined {
  return contentType?.split(";", 1)[0]?.trim().toLowerCase() || undefined;
}

export function isHtml(mime: string | undefined): boolean {
  return mime === "text/html" || mime === "application/xhtml+xml";
}

/** Whether the list of pages shows it: an answer that a person would read, and not one that leads elsewhere. */
export function isPage({ mime, status = 0 }: Indexed): boolean {
  return isHtml(mime) && (status < 300 || status >= 400);
}
