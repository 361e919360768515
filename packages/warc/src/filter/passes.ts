import type { HttpHead } from "../http/parse-http-head.ts";
import type { ArchiveRecord } from "../read/record.ts";
import type { Expression } from "./expression.ts";

/**
 * Characters of a value that a pattern is tried on. Values are what strangers have sent, and a pattern such as `(a+)+b` may take a time that
 * doubles with each character of them.
 */
export const longestValue = 8192;

/**
 * Whether a record passes a filter. `http` is the head of the message in its block, where it has one. A field that is not there is like no
 * text but `""`, and neither less than a number nor more.
 */
export function passes(expression: Expression, record: ArchiveRecord, http: HttpHead | undefined): boolean {
  switch (expression.kind) {
    case "and":
      return expression.terms.every((term) => passes(term, record, http));
    case "or":
      return expression.terms.some((term) => passes(term, record, http));
    case "not":
      return !passes(expression.term, record, http);
    case "is":
      return (valueOf(expression.field, record, http) ?? "") === expression.text;
    case "matches":
      return expression.pattern.test((valueOf(expression.field, record, http) ?? "").slice(0, longestValue));
    case "compares":
      return compares(valueOf(expression.field, record, http), expression);
    default:
      return expression satisfies never;
  }
}

/** Whether a filter asks for what only the head of an HTTP message tells. */
export function needsHttp(expression: Expression): boolean {
  switch (expression.kind) {
    case "and":
    case "or":
      return expression.terms.some(needsHttp);
    case "not":
      return needsHttp(expression.term);
    default:
      return /^(http:|:status$|:method$|:mime$)/i.test(expression.field);
  }
}

function compares(value: string | undefined, { sign, number }: Extract<Expression, { kind: "compares" }>): boolean {
  if (value === undefined || !/^\s*-?\d+\s*$/.test(value)) return false;
  const found = Number(value);
  switch (sign) {
    case "==":
      return found === number;
    case "<":
      return found < number;
    case "<=":
      return found <= number;
    case ">":
      return found > number;
    case ">=":
      return found >= number;
    default:
      return sign satisfies never;
  }
}

function valueOf(field: string, record: ArchiveRecord, http: HttpHead | undefined): string | undefined {
  const name = field.toLowerCase();
  if (name.startsWith("http:")) return http?.fields.get(name.slice(5));
  switch (name) {
    case ":status":
      return http?.kind === "response" ? http.status?.toString() : undefined;
    case ":method":
      return http?.kind === "request" ? http.method : undefined;
    case ":mime":
      return mimeOf(http ? http.fields.get("Content-Type") : record.contentType);
    case ":length":
    case "content-length":
      return record.contentLength === undefined ? undefined : String(record.contentLength);
    // Those of an ARC record have other names, and what wrote them was not always careful.
    case "warc-type":
      return record.type;
    case "warc-target-uri":
      return record.targetUri;
    case "warc-date":
      return record.date;
    case "content-type":
      return record.contentType;
    default:
      return record.fields.get(name);
  }
}

/** `text/html` of `Text/HTML; charset=utf-8`. */
function mimeOf(contentType: string | undefined): string | undefined {
  return contentType?.split(";", 1)[0]?.trim().toLowerCase();
}
