import { WarcError } from "../error.ts";
import { fieldRules } from "../read/field-rules.ts";
import type { NamedValue, Version } from "./head.ts";
import type { Moment, NewRecord } from "./new-record.ts";

/** A new WARC-Record-ID (ISO 28500:2017 5.2). */
export function newId(): string {
  return `<urn:uuid:${crypto.randomUUID()}>`;
}

/** Content-Type (5.6) as given, or as the type and the scheme of the URI have it; undefined where only its writer can know. */
export function contentTypeOf(record: NewRecord): string | undefined {
  if (record.contentType !== undefined) return record.contentType;
  switch (record.type) {
    case "warcinfo":
    case "metadata":
      return "application/warc-fields";
    case "request":
      return isHttp(record.targetUri) ? "application/http;msgtype=request" : undefined;
    case "response":
    case "revisit":
      return isHttp(record.targetUri) ? "application/http;msgtype=response" : undefined;
    case "resource":
    case "conversion":
    case "continuation":
      return undefined;
    default:
      return record satisfies never;
  }
}

function isHttp(uri: string): boolean {
  return /^https?:/i.test(uri);
}

/** What is given of a record, by the name of its field, in the order that the fields are written. */
const properties = {
  type: "WARC-Type",
  id: "WARC-Record-ID",
  date: "WARC-Date",
  filename: "WARC-Filename",
  warcinfoId: "WARC-Warcinfo-ID",
  targetUri: "WARC-Target-URI",
  profile: "WARC-Profile",
  refersTo: "WARC-Refers-To",
  refersToTargetUri: "WARC-Refers-To-Target-URI",
  refersToDate: "WARC-Refers-To-Date",
  concurrentTo: "WARC-Concurrent-To",
  ipAddress: "WARC-IP-Address",
  truncated: "WARC-Truncated",
  segmentNumber: "WARC-Segment-Number",
  segmentOriginId: "WARC-Segment-Origin-ID",
  segmentTotalLength: "WARC-Segment-Total-Length",
  identifiedPayloadType: "WARC-Identified-Payload-Type",
  payloadDigest: "WARC-Payload-Digest",
  contentType: "Content-Type",
} as const;

type Property = keyof typeof properties;

const ruleOf = new Map(fieldRules.map((rule) => [rule.name.toLowerCase(), rule]));

/** Every field of a record but those that its block has to be known for. Throws `BAD_FIELD`, `BAD_FIELD_NAME`. */
export function fieldsOfRecord(record: NewRecord & { readonly id: string }, version: Version): NamedValue[] {
  const given: Partial<Record<Property, string | number | Moment | readonly string[]>> = { ...record };
  const fields: NamedValue[] = [];
  for (const [property, name] of Object.entries(properties) as [Property, string][]) {
    const value = property === "contentType" ? contentTypeOf(record) : given[property];
    if (value === undefined) continue;
    for (const each of Array.isArray(value) ? value : [value]) fields.push(checked(name, textOf(property, each, version), version));
  }
  for (const [name, value] of record.extensions ?? []) fields.push(extension(name, value));
  return fields;
}

function textOf(property: Property, value: string | number | Date, version: Version): string {
  if (value instanceof Date) return formatDate(value, version);
  if (property !== "profile") return String(value);
  return `http://netpreserve.org/warc/${version}/revisit/${value}`;
}

/** W3CDTF in UTC (5.4): with a fraction where there is one, and the version has room for it. */
function formatDate(date: Date, version: Version): string {
  if (Number.isNaN(date.getTime())) throw badField("WARC-Date", String(date), "a valid date", "5.4");
  const text = date.toISOString();
  return version === "1.0" || text.endsWith(".000Z") ? text.replace(/\.\d+Z$/, "Z") : text;
}

function checked(name: string, value: string, version: Version): NamedValue {
  const rule = ruleOf.get(name.toLowerCase());
  const expected = value === "" ? "a value" : rule?.form(value, version);
  if (expected !== undefined) throw badField(name, value, expected, rule?.clause ?? "4");
  return [name, value];
}

/** One of the standard's own, given so, would stand beside what the record already says. */
function extension(name: string, value: string): NamedValue {
  if (!ruleOf.has(name.toLowerCase())) return [name, value];
  throw new WarcError(
    "BAD_FIELD_NAME",
    `Cannot write ${name} as an extension: the standard defines it`,
    "Give it as a property of the record; Content-Length and digests are computed",
  );
}

function badField(name: string, value: string, expected: string, clause: string): WarcError {
  const shown = JSON.stringify(value.slice(0, 200));
  return new WarcError("BAD_FIELD", `Cannot write ${name}: it is ${shown}, expected ${expected}`, `See ISO 28500:2017 ${clause}`);
}
