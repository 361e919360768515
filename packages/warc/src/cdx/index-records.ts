import type { Input } from "../bytes/input.ts";
import { type ReadOptions, readRecords } from "../read/read-records.ts";
import { type KeyedRequest, queryOfRequest, urlOfRequest } from "../urlkey/request.ts";
import { urlKey } from "../urlkey/surt.ts";
import { type Capture, readCapture } from "./capture.ts";
import type { Indexed } from "./indexed.ts";

export interface IndexOptions extends Pick<ReadOptions, "offset" | "report"> {
  /** Under which the index names the file. */
  readonly filename: string;
  /** Which records, by WARC-Type; `arc` for those of ARC files. What can be replayed unless told: response, revisit, resource, conversion and arc. */
  readonly types?: ReadonlySet<string> | "all";
  /** Makes the key of a response to a POST of what was posted too, and gives `requestBody` and `method` with it. */
  readonly postAppend?: boolean;
  /** More fields: `method` and `referrer` of the request, `http:NAME`, `req.http:NAME`, and any of the record's header by its name. */
  readonly fields?: readonly string[];
}

const replayable: ReadonlySet<string> = new Set(["response", "revisit", "resource", "conversion", "arc"]);

/**
 * The lines of an index of an archive, in the order of its records. A request belongs to the response beside it that names it
 * (WARC-Concurrent-To, ISO 28500:2017 5.7) or has its URL. Where a record has no payload digest, the SHA-1 of its payload is taken. Holds
 * the headers of two records.
 */
export async function* indexRecords(input: Input, options: IndexOptions): AsyncGenerator<Indexed> {
  const { offset, report, types = replayable } = options;
  const isWanted = ({ record: { type } }: Capture) => types === "all" || (type !== undefined && types.has(type));
  let before: Pair | undefined;
  for await (const record of readRecords(input, { ...(offset !== undefined && { offset }), ...(report && { report }) })) {
    const pair: Pair = { capture: await readCapture(record), partner: undefined };
    if (before) pairUp(before, pair);
    if (before && isWanted(before.capture)) yield toIndexed(before, options);
    before = pair;
  }
  if (before && isWanted(before.capture)) yield toIndexed(before, options);
}

interface Pair {
  readonly capture: Capture;
  /** Of a response its request, of a request its response: each has one at most. */
  partner: Capture | undefined;
}

function pairUp(a: Pair, b: Pair): void {
  if (a.partner || b.partner || !(isExchange(a.capture, b.capture) || isExchange(b.capture, a.capture))) return;
  a.partner = b.capture;
  b.partner = a.capture;
}

function isExchange({ record }: Capture, answered: Capture): boolean {
  if (!answered.request || (record.type !== "response" && record.type !== "revisit")) return false;
  return isNamedBy(record, answered.record) || isNamedBy(answered.record, record) || record.targetUri === answered.record.targetUri;
}

function isNamedBy({ id }: Capture["record"], { fields }: Capture["record"]): boolean {
  return id !== undefined && fields.all("WARC-Concurrent-To").some(({ value }) => value === id);
}

function toIndexed({ capture, partner }: Pair, { filename, postAppend = false, fields = [] }: IndexOptions): Indexed {
  const { record, extent, status, mime, digest } = capture;
  const url = record.targetUri ?? "";
  const asked = capture.request ? capture : partner;
  const request = asked?.request;
  const posted = postAppend && request && queryOfRequest(request) !== "" ? request : undefined;
  const others = { ...(posted && !capture.request && postedFields(posted)), ...moreFields(fields, capture, asked) };
  return {
    urlkey: urlKey(posted ? urlOfRequest(url, posted) : url),
    timestamp: (record.date ?? "").replace(/\D/g, "").slice(0, 14).padEnd(14, "0"),
    ...present({ url: url || undefined, mime, status, digest, length: extent.length }),
    offset: record.offset,
    filename,
    ...(Object.keys(others).length > 0 && { others }),
  };
}

function postedFields(request: KeyedRequest): Record<string, string> {
  return { requestBody: queryOfRequest(request).replace(/^__wb_method=[^&]*&?/, ""), method: request.method };
}

function moreFields(names: readonly string[], capture: Capture, asked: Capture | undefined): Record<string, string> {
  return present(Object.fromEntries(names.map((name) => [name, valueOf(name, capture, asked)])));
}

function valueOf(name: string, { record, http }: Capture, asked: Capture | undefined): string | undefined {
  if (name === "method") return asked?.request?.method;
  if (name === "referrer") return asked?.http?.get("Referer");
  if (name.startsWith("http:")) return http?.get(name.slice(5));
  if (name.startsWith("req.http:")) return asked?.http?.get(name.slice(9));
  return record.fields.get(name);
}

/** Without what is undefined: an index has no word for it. */
function present<Value>(fields: Readonly<Record<string, Value | undefined>>): Record<string, Value> {
  const known: [string, Value][] = [];
  for (const [name, value] of Object.entries(fields)) if (value !== undefined) known.push([name, value]);
  return Object.fromEntries(known);
}
