import type { Finding, Severity } from "../finding.ts";
import { isDateOfNewerVersion } from "./field-forms.ts";
import { type FieldRule, fieldRules, type RecordType, recordTypes } from "./field-rules.ts";
import type { Field, Fields } from "./fields.ts";
import type { ArchiveRecord } from "./record.ts";

/** What of a record its fields are checked by. An `ArchiveRecord` has it. */
export type CheckedHead = Pick<
  ArchiveRecord,
  "format" | "version" | "type" | "fields" | "contentLength" | "number" | "offset" | "plainOffset"
>;

/** Where a WARC record's named fields are not what ISO 28500:2017 5 and 6 want of a record of its type. ARC records have none to check. */
export function checkFields(record: CheckedHead): Finding[] {
  if (record.format === "arc") return [];
  const written = record.type?.toLowerCase();
  const type = recordTypes.find((each) => each === written);
  const found = fieldsByRule(record.fields);
  const faults = checkType(record, type);
  for (const rule of fieldRules) checkField(record.version, type, rule, found.get(rule), faults);
  faults.push(...checkBlockType(record, type), ...checkSegment(record, type));
  const { number, offset, plainOffset } = record;
  return faults.map((fault) => ({ ...fault, record: number, offset, plainOffset }));
}

const rules: ReadonlyMap<string, FieldRule> = new Map(
  fieldRules.flatMap((rule) => [rule.name, rule.name.toLowerCase()].map((name): [string, FieldRule] => [name, rule])),
);

/** The fields that each rule is about. Most names are written as the standard writes them: that is tried first. */
function fieldsByRule(fields: Fields): ReadonlyMap<FieldRule, Field[]> {
  const found = new Map<FieldRule, Field[]>();
  for (const field of fields.list) {
    const rule = rules.get(field.name) ?? rules.get(field.name.toLowerCase());
    const same = rule && found.get(rule);
    if (same) same.push(field);
    else if (rule) found.set(rule, [field]);
  }
  return found;
}

type Fault = Omit<Finding, "record" | "offset" | "plainOffset">;

function fault(code: string, severity: Severity, clause: string, message: string, field?: Field): Fault {
  return { code, severity, message, clause, done: "kept the record as it is", ...(field && { line: field.line }) };
}

function checkType({ type, fields }: CheckedHead, known: RecordType | undefined): Fault[] {
  if (!type || known) return [];
  return [fault("UNKNOWN_TYPE", "warning", "5.5", `The type ${JSON.stringify(type)} is not in the standard`, fields.field("WARC-Type"))];
}

/** Adds what is wrong with the fields that a rule is about; undefined where there are none. */
function checkField(
  version: string,
  type: RecordType | undefined,
  rule: FieldRule,
  fields: readonly Field[] | undefined,
  faults: Fault[],
): void {
  const { name, clause } = rule;
  const [field, second] = fields ?? [];
  if (!fields || !field) {
    const isWanted = type ? rule.mandatory?.includes(type) : rule.mandatory?.length === recordTypes.length;
    const kind = type ? `a ${type}` : "every";
    if (isWanted) faults.push(fault("MISSING_FIELD", "error", clause, `The record has no ${name}, which ${kind} record shall have`));
    return;
  }
  for (const each of fields) {
    const wrong = checkValue(each, version, rule);
    if (wrong) faults.push(wrong);
  }
  if (second && !rule.repeatable) faults.push(fault("REPEATED_FIELD", "error", "5.1", `${name} stands there more than once`, second));
  if (type && rule.forbidden?.includes(type))
    faults.push(fault("FORBIDDEN_FIELD", "warning", clause, `A ${type} record shall have no ${name}`, field));
}

function checkValue(field: Field, version: string, { name, clause, form }: FieldRule): Fault | undefined {
  const { value } = field;
  if (value === "") return fault("EMPTY_FIELD", "error", clause, `${name} has no value`, field);
  const expected = form(value, version);
  if (expected === undefined) return value.startsWith("<") && name === "WARC-Target-URI" ? angled(field) : undefined;
  const shown = JSON.stringify(value.slice(0, 200));
  if (expected.startsWith("YYYY") && isDateOfNewerVersion(value))
    return fault("DATE_OF_1_1", "warning", clause, `${name} is ${shown}, a form that came with WARC/1.1; expected ${expected}`, field);
  return fault("BAD_FIELD", "error", clause, `${name} is ${shown}, expected ${expected}`, field);
}

function angled(field: Field): Fault {
  return fault(
    "ANGLED_TARGET_URI",
    "note",
    "5.14",
    "The WARC-Target-URI is in angle brackets, which the annotated standard takes away",
    field,
  );
}

/** Only "should": a reader may guess (5.6). */
function checkBlockType({ fields, contentLength }: CheckedHead, type: RecordType | undefined): Fault[] {
  if (!contentLength || type === "continuation" || fields.field("Content-Type")) return [];
  return [fault("NO_CONTENT_TYPE", "warning", "5.6", "The record has a block and no Content-Type, which it should have")];
}

function checkSegment({ fields }: CheckedHead, type: RecordType | undefined): Fault[] {
  const field = fields.field("WARC-Segment-Number");
  if (!field || !type || !/^\d+$/.test(field.value)) return [];
  const number = Number(field.value);
  const isRight = type === "continuation" ? number > 1 : number === 1;
  const expected = type === "continuation" ? "2 or more in a continuation" : `1 in a ${type}`;
  return isRight ? [] : [fault("BAD_SEGMENT_NUMBER", "error", "5.20", `WARC-Segment-Number is ${number}, expected ${expected}`, field)];
}
