export type { Input, RandomAccess } from "./bytes/input.ts";
export { WarcError } from "./error.ts";
export type { Finding, Severity } from "./finding.ts";
export { checkFields } from "./read/check-fields.ts";
export type { Field, Fields } from "./read/fields.ts";
export { type Policy, type ReadOptions, readRecords } from "./read/read-records.ts";
export type { ArchiveRecord, Extent, Format } from "./read/record.ts";
