import { address, angledUri, anyText, date, digest, type Form, mediaType, number, token, uri } from "./field-forms.ts";

export const recordTypes = ["warcinfo", "response", "resource", "request", "metadata", "revisit", "conversion", "continuation"] as const;
export type RecordType = (typeof recordTypes)[number];

/** What ISO 28500:2017 says about a named field. */
export interface FieldRule {
  readonly name: string;
  /** Of the standard, where the field is defined. */
  readonly clause: string;
  readonly form: Form;
  /** The types that shall have it. */
  readonly mandatory?: readonly RecordType[];
  /** The types that shall not. */
  readonly forbidden?: readonly RecordType[];
  readonly repeatable?: true;
}

const everyType = recordTypes;
const withoutPayload = ["warcinfo", "metadata"] as const;
const notReferring = ["warcinfo", "response", "resource", "request", "continuation"] as const;

/** The fields that the standard defines; any other is an extension, which readers ignore (5.1). */
export const fieldRules: readonly FieldRule[] = [
  { name: "WARC-Record-ID", clause: "5.2", form: angledUri, mandatory: everyType },
  // Whether there is a Content-Length, and what it says, decides how a record is read, and is found there.
  { name: "Content-Length", clause: "5.3", form: anyText, repeatable: true },
  { name: "WARC-Date", clause: "5.4", form: date, mandatory: everyType },
  { name: "WARC-Type", clause: "5.5", form: token, mandatory: everyType },
  { name: "Content-Type", clause: "5.6", form: mediaType },
  { name: "WARC-Concurrent-To", clause: "5.7", form: angledUri, forbidden: ["warcinfo", "conversion", "continuation"], repeatable: true },
  { name: "WARC-Block-Digest", clause: "5.8", form: digest },
  { name: "WARC-Payload-Digest", clause: "5.9", form: digest, forbidden: withoutPayload },
  { name: "WARC-IP-Address", clause: "5.10", form: address, forbidden: ["warcinfo", "conversion", "continuation"] },
  { name: "WARC-Refers-To", clause: "5.11", form: angledUri, forbidden: notReferring },
  { name: "WARC-Refers-To-Target-URI", clause: "5.12", form: uri, forbidden: notReferring },
  { name: "WARC-Refers-To-Date", clause: "5.13", form: date, forbidden: notReferring },
  {
    name: "WARC-Target-URI",
    clause: "5.14",
    form: uri,
    mandatory: ["response", "resource", "request", "revisit", "conversion", "continuation"],
    forbidden: ["warcinfo"],
  },
  { name: "WARC-Truncated", clause: "5.15", form: token },
  { name: "WARC-Warcinfo-ID", clause: "5.16", form: angledUri, forbidden: ["warcinfo"] },
  { name: "WARC-Filename", clause: "5.17", form: anyText, forbidden: everyType.filter((type) => type !== "warcinfo") },
  { name: "WARC-Profile", clause: "5.18", form: uri, mandatory: ["revisit"], forbidden: everyType.filter((type) => type !== "revisit") },
  { name: "WARC-Identified-Payload-Type", clause: "5.19", form: mediaType, forbidden: withoutPayload },
  { name: "WARC-Segment-Number", clause: "5.20", form: number, mandatory: ["continuation"] },
  {
    name: "WARC-Segment-Origin-ID",
    clause: "5.21",
    form: angledUri,
    mandatory: ["continuation"],
    forbidden: everyType.filter((type) => type !== "continuation"),
  },
  { name: "WARC-Segment-Total-Length", clause: "5.22", form: number, forbidden: everyType.filter((type) => type !== "continuation") },
];
