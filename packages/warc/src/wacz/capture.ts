import { firstBytes } from "../bytes/first-bytes.ts";
import type { Input } from "../bytes/input.ts";
import type { Indexed } from "../cdx/indexed.ts";
import { WarcError } from "../error.ts";
import type { Finding } from "../finding.ts";
import { type HttpMessage, openMessage } from "../http/message.ts";
import { messageKind } from "../http/message-kind.ts";
import { readRecords } from "../read/read-records.ts";
import type { ArchiveRecord } from "../read/record.ts";
import { mostBody, queryOfRequest } from "../urlkey/request.ts";
import { urlKey } from "../urlkey/surt.ts";
import type { Page } from "./page.ts";
import { readTitle } from "./title.ts";

/** What an archive holds of a URL: its line of the index, and the page that it is, if it is one. */
export interface Capture {
  readonly entry: Indexed & { readonly url: string; readonly offset: number; readonly length: number };
  /** WARC-Date as written. */
  readonly date: string;
  readonly page?: Page;
}

/** A request, as far as the key of its response depends on it. */
interface Requested {
  readonly url: string;
  readonly method: string;
  readonly query: string;
}

/**
 * The captures of a WARC file in their order: responses, revisits and resources. A response to a POST is keyed with what was sent, where the
 * request stands beside it. Throws `NOT_FOR_WACZ` for an ARC file, and where a record cannot be read alone.
 */
export async function* readCaptures(input: Input, filename: string, report: (finding: Finding) => void): AsyncGenerator<Capture, void> {
  let waiting: Capture | undefined;
  let requested: Requested | undefined;
  const reportAll = (finding: Finding) => {
    if (shared.has(finding.code)) throw notAlone(filename, finding.offset);
    report(finding);
  };
  for await (const record of readRecords(input, { report: reportAll })) {
    if (record.format === "arc") throw notForWacz(filename, "it is an ARC file", "Convert it first: warc convert");
    if (record.type === "request") {
      const request = await readRequest(record);
      if (waiting?.entry.url === request?.url && waiting && request) {
        yield join(waiting, request);
        waiting = undefined;
      } else requested = request;
    } else if (isCapture(record)) {
      if (waiting) yield waiting;
      const capture = await readCapture(record, filename);
      waiting = requested?.url === capture.entry.url ? undefined : capture;
      if (!waiting && requested) yield join(capture, requested);
      requested = undefined;
    }
  }
  if (waiting) yield waiting;
}

/** What says that a gzip member holds more than one record, or less. */
const shared: ReadonlySet<string> = new Set(["SHARED_MEMBER", "SPLIT_RECORD"]);

/** What is thrown of an archive that players could not read. */
export function notForWacz(filename: string, problem: string, fix: string): WarcError {
  return new WarcError("NOT_FOR_WACZ", `Cannot put ${filename} into a WACZ file: ${problem}`, fix);
}

function notAlone(filename: string, offset: number): WarcError {
  return notForWacz(
    filename,
    `the record at ${offset} has not a whole gzip member of its own`,
    "Pack it anew first: warc recompress, or warc mend where it is cut",
  );
}

function isCapture({ type, targetUri }: ArchiveRecord): boolean {
  return targetUri !== undefined && (type === "response" || type === "revisit" || type === "resource");
}

async function readCapture(record: ArchiveRecord, filename: string): Promise<Capture> {
  const { targetUri: url = "", offset, date = "" } = record;
  const kind = messageKind(record);
  const message = kind === "response" ? await openMessage(record.block, kind) : undefined;
  const head = message?.head?.kind === "response" ? message.head : undefined;
  const contentType = (message ? head?.fields.get("Content-Type") : record.contentType) ?? "";
  const mime = mimeOf(contentType);
  const isPage = record.type !== "revisit" && isHtml(mime) && (head === undefined || head.status === 200);
  const page = isPage ? await readPage(record, message, contentType) : undefined;
  const { length } = await record.end();
  if (length === undefined) throw notAlone(filename, offset);
  const digest = record.fields.get("WARC-Payload-Digest");
  const entry = {
    urlkey: urlKey(url),
    timestamp: timestampOf(date),
    url,
    ...(mime && { mime: record.type === "revisit" ? "warc/revisit" : mime }),
    ...(head?.status && { status: head.status }),
    ...(digest && { digest }),
    length,
    offset,
    filename,
  };
  return { entry, date, ...(page && { page }) };
}

async function readPage(record: ArchiveRecord, message: HttpMessage | undefined, contentType: string): Promise<Page> {
  const title = await titleOf(message?.decoded() ?? record.block, contentType);
  return { url: record.targetUri ?? "", ts: record.date ?? "", ...(title && { title }) };
}

async function titleOf(body: AsyncIterable<Uint8Array>, contentType: string): Promise<string | undefined> {
  try {
    return await readTitle(body, contentType);
  } catch (error) {
    // A page whose coding cannot be removed here goes without a title.
    if (error instanceof WarcError && error.code === "NO_DECOMPRESSION") return undefined;
    throw error;
  }
}

async function readRequest(record: ArchiveRecord): Promise<Requested | undefined> {
  const { targetUri: url } = record;
  const message = messageKind(record) === "request" ? await openMessage(record.block, "request") : undefined;
  if (url === undefined || message?.head?.kind !== "request") return undefined;
  const { method, fields } = message.head;
  if (method.toUpperCase() === "GET") return { url, method, query: "" };
  const query = queryOfRequest({
    method,
    contentType: fields.get("Content-Type") ?? "",
    body: await firstBytes(message.entity(), mostBody),
  });
  return { url, method, query };
}

/** Players look for a POST by its key, and tell its method and body from the other fields. */
function join(capture: Capture, { method, query }: Requested): Capture {
  if (query === "") return capture;
  const { url } = capture.entry;
  const key = urlKey(`${url}${url.includes("?") ? "&" : "?"}${query}`);
  const requestBody = query.replace(/^__wb_method=[^&]*&?/, "");
  return { ...capture, entry: { ...capture.entry, urlkey: key, others: { method, ...(requestBody && { requestBody }) } } };
}

function mimeOf(contentType: string): string {
  return (contentType.split(";", 1)[0] ?? "").trim().toLowerCase();
}

function isHtml(mime: string): boolean {
  return mime === "text/html" || mime === "application/xhtml+xml";
}

/** 14 digits, and three more where the date has a fraction of a second. */
function timestampOf(date: string): string {
  const digits = date.replace(/\D/g, "");
  return digits.length > 14 ? digits.padEnd(17, "0").slice(0, 17) : digits.padEnd(14, "0");
}
