import { FettleError } from "../error.ts";

const largest = 1024 * 1024;

/**
 * Plain JSON as text. What JSON cannot carry is refused where it enters, with its path: NaN, bigint, Date, class instances,
 * "\u0000", half of a surrogate pair, more than 1 MiB. A field that is undefined is left out. Throws NOT_JSON.
 */
export function encode(value: unknown, what: string): string {
  if (!isPlain(value)) check(value, what, what);
  const text = JSON.stringify(value) ?? "null";
  // No character takes more than three bytes of UTF-8 for each of its units.
  if (text.length * 3 > largest && Buffer.byteLength(text) > largest) {
    throw refusal(what, what, `it takes ${Buffer.byteLength(text)} bytes, and ${largest} is the most`);
  }
  return text;
}

/** The common case, without building the path to what is wrong. */
function isPlain(value: unknown): boolean {
  if (value === null) return true;
  switch (typeof value) {
    case "string":
      return isKept(value);
    case "number":
      return Number.isFinite(value);
    case "boolean":
      return true;
    case "object": {
      if (Array.isArray(value)) return value.every(isPlain);
      const prototype = Object.getPrototypeOf(value);
      if (prototype !== Object.prototype && prototype !== null) return false;
      for (const key of Object.keys(value)) {
        const item = (value as Record<string, unknown>)[key];
        if (!isKept(key) || !(item === undefined || isPlain(item))) return false;
      }
      return true;
    }
    default:
      return false;
  }
}

function isKept(text: string): boolean {
  return text.isWellFormed() && !text.includes("\u0000");
}

function check(value: unknown, path: string, what: string): void {
  switch (typeof value) {
    case "string":
      return checkText(value, path, what);
    case "number":
      if (!Number.isFinite(value)) throw refusal(what, path, `it is ${value}`);
      return;
    case "boolean":
    case "undefined":
      return;
    case "object":
      if (value !== null) checkObject(value, path, what);
      return;
    default:
      throw refusal(what, path, `it is a ${typeof value}`);
  }
}

function checkObject(value: object, path: string, what: string): void {
  if (Array.isArray(value)) {
    value.forEach((item, index) => {
      if (item === undefined) throw refusal(what, `${path}[${index}]`, "it is undefined");
      check(item, `${path}[${index}]`, what);
    });
    return;
  }
  const prototype = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) {
    throw refusal(what, path, `it is a ${prototype.constructor?.name ?? "class instance"}, not a plain object`);
  }
  for (const [key, item] of Object.entries(value)) {
    checkText(key, `${path}.${key}`, what);
    check(item, `${path}.${key}`, what);
  }
}

function checkText(text: string, path: string, what: string): void {
  if (text.includes("\u0000")) throw refusal(what, path, 'it holds "\\u0000", which Postgres cannot keep');
  if (!text.isWellFormed()) throw refusal(what, path, "it holds half of a surrogate pair, which UTF-8 cannot carry");
}

function refusal(what: string, path: string, problem: string): FettleError {
  return new FettleError("NOT_JSON", `Cannot keep ${what}: at ${path}, ${problem}`, {
    fix: "Keep plain JSON: text, finite numbers, booleans, null, arrays and plain objects",
    retryable: false,
  });
}
