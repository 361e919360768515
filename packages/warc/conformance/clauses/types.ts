import { id, next, record } from "../record.ts";
import { of, type Requirement } from "../requirement.ts";

const clauses = {
  warcinfo: "6.2",
  response: "6.3",
  resource: "6.4",
  request: "6.5",
  metadata: "6.6",
  revisit: "6.7",
  conversion: "6.8",
  continuation: "6.9",
} as const;
type RecordType = keyof typeof clauses;
const types = Object.keys(clauses) as RecordType[];

const values: Readonly<Record<string, string>> = {
  "WARC-Target-URI": "http://a.example/",
  "WARC-Concurrent-To": id(3),
  "WARC-IP-Address": "192.0.2.1",
  "WARC-Payload-Digest": "x-mine:abc",
  "WARC-Refers-To": id(3),
  "WARC-Refers-To-Target-URI": "http://b.example/",
  "WARC-Refers-To-Date": "2019-01-01T00:00:00Z",
  "WARC-Warcinfo-ID": id(3),
  "WARC-Filename": "a.warc",
  "WARC-Profile": "http://a.example/profile",
  "WARC-Identified-Payload-Type": "text/html",
  "WARC-Segment-Origin-ID": id(3),
  "WARC-Segment-Total-Length": "1000",
};

/** Which types shall have a field, and which shall not. */
const rules: readonly {
  readonly clause: string;
  readonly field: string;
  readonly needed?: readonly RecordType[];
  readonly barred?: readonly RecordType[];
}[] = [
  { clause: "5.2", field: "WARC-Record-ID", needed: types },
  { clause: "5.4", field: "WARC-Date", needed: types },
  { clause: "5.5", field: "WARC-Type", needed: ["resource"] },
  { clause: "5.7", field: "WARC-Concurrent-To", barred: ["warcinfo", "conversion", "continuation"] },
  { clause: "5.9", field: "WARC-Payload-Digest", barred: ["warcinfo", "metadata"] },
  { clause: "5.10", field: "WARC-IP-Address", barred: ["warcinfo", "conversion", "continuation"] },
  { clause: "5.11", field: "WARC-Refers-To", barred: ["warcinfo", "response", "resource", "request", "continuation"] },
  { clause: "5.12", field: "WARC-Refers-To-Target-URI", barred: ["response", "resource"] },
  { clause: "5.13", field: "WARC-Refers-To-Date", barred: ["response", "resource"] },
  {
    clause: "5.14",
    field: "WARC-Target-URI",
    needed: ["response", "resource", "request", "revisit", "conversion", "continuation"],
    barred: ["warcinfo"],
  },
  { clause: "5.16", field: "WARC-Warcinfo-ID", barred: ["warcinfo"] },
  { clause: "5.17", field: "WARC-Filename", barred: ["response", "metadata"] },
  { clause: "5.18", field: "WARC-Profile", needed: ["revisit"], barred: ["response", "conversion"] },
  { clause: "5.19", field: "WARC-Identified-Payload-Type", barred: ["warcinfo", "metadata"] },
  { clause: "5.20", field: "WARC-Segment-Number", needed: ["continuation"] },
  { clause: "5.21", field: "WARC-Segment-Origin-ID", needed: ["continuation"], barred: ["response", "resource"] },
  { clause: "5.22", field: "WARC-Segment-Total-Length", barred: ["response", "resource"] },
];

/** Of the types of records, and the fields of each. */
export const recordTypes: readonly Requirement[] = [
  ...types.map((type) => ({
    clause: clauses[type],
    says: `A ${type} with its mandatory fields is a record`,
    cases: [{ name: type, made: `a ${type}`, parts: [sound(type), next], finds: [] }],
  })),
  ...rules.flatMap(({ clause, field, needed = [], barred = [] }) => [
    ...(needed.length > 0
      ? [
          {
            clause,
            says: `${field} is mandatory${needed.length < types.length ? ` in ${needed.join(", ")}` : ""}`,
            cases: needed.map((type) => ({
              name: `${type}-without-${field.toLowerCase()}`,
              made: `a ${type} without ${field}`,
              parts: [sound(type, { [field]: undefined }), next],
              finds: of(0, "MISSING_FIELD"),
            })),
          },
        ]
      : []),
    ...(barred.length > 0
      ? [
          {
            clause,
            says: `${field} is not used in ${barred.join(", ")}`,
            cases: barred.map((type) => ({
              name: `${type}-with-${field.toLowerCase()}`,
              made: `a ${type} with ${field}`,
              parts: [sound(type, { [field]: values[field] }), next],
              finds: of(0, "FORBIDDEN_FIELD"),
            })),
          },
        ]
      : []),
  ]),
  {
    clause: "6.7",
    says: "A revisit may be of a server's answer 304, and then have no block",
    cases: [
      {
        name: "revisit-not-modified",
        made: "a revisit of the profile server-not-modified without a block",
        parts: [
          record({ type: "revisit", set: { "WARC-Profile": "http://netpreserve.org/warc/1.1/revisit/server-not-modified" }, block: "" }),
          next,
        ],
        finds: [],
      },
    ],
  },
  {
    clause: "7",
    says: "Segments are numbered from 1, and only the first is no continuation",
    cases: [
      {
        name: "first-segment",
        made: "a response of WARC-Segment-Number 1",
        parts: [sound("response", { "WARC-Segment-Number": "1" }), next],
        finds: [],
      },
      {
        name: "response-of-segment-2",
        made: "a response of WARC-Segment-Number 2",
        parts: [sound("response", { "WARC-Segment-Number": "2" }), next],
        finds: of(0, "BAD_SEGMENT_NUMBER"),
      },
      {
        name: "continuation-of-segment-1",
        made: "a continuation of WARC-Segment-Number 1",
        parts: [sound("continuation", { "WARC-Segment-Number": "1" }), next],
        finds: of(0, "BAD_SEGMENT_NUMBER"),
      },
    ],
  },
];

function sound(type: RecordType, set: Readonly<Record<string, string | undefined>> = {}) {
  return record({ type, set });
}
