/** The forms of field values, ISO 28500:2017 4 and 5. Each answers what was expected, or undefined where the value has the form. */
export type Form = (value: string, version: string) => string | undefined;

export const anyText: Form = () => undefined;

export const angledUri = form(/^<[a-z][a-z0-9+.-]*:[^\s<>]+>$/i, "a URI in angle brackets");

/** A URI; in angle brackets too, since the grammar of 1.0 had them everywhere, and no example did. */
export const uri = form(/^<?[a-z][a-z0-9+.-]*:[^\s<>]*>?$/i, "a URI, escaped and without white space");

export const number = form(/^\d+$/, "digits");

export const token = form(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/, "a token");

const name = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
const parameter = String.raw`[ \t]*;[ \t]*(${name}[ \t]*=[ \t]*(${name}|"([^"\\]|\\.)*"|[^\s;"]+))?`;
export const mediaType = form(new RegExp(`^${name}/${name}(${parameter})*[ \\t]*$`), "type/subtype, and perhaps parameters");

/** `=` and `/` are in no token, and in the digests of many writers: the annotated standard lets them pass. */
export const digest = form(/^[a-z][a-z0-9-]*:[a-z0-9+/_=-]+$/i, "an algorithm, a colon and a digest");

const toTheSecond = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;
const anyPrecision = /^\d{4}(-\d\d(-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,9})?)?Z)?)?)?$/;

/** W3CDTF in UTC: to the second in 1.0 and before, of any precision in 1.1. */
export const date: Form = (value, version) => {
  const isWritten = (version === "1.1" ? anyPrecision : toTheSecond).test(value);
  if (isWritten && isDay(value)) return undefined;
  return version === "1.1" ? "a date such as 2016-09-19T17:20:24Z, of any precision" : "YYYY-MM-DDThh:mm:ssZ";
};

/** Whether a value that is no date of its version is one of 1.1. */
export function isDateOfNewerVersion(value: string): boolean {
  return anyPrecision.test(value) && isDay(value);
}

/** Whether there is such a day and time: a leap second is one. `value` is written as a date. */
function isDay(value: string): boolean {
  const isPlain = value.length >= 20 && isIn(value, 5, 1, 12) && isIn(value, 8, 1, 28) && isIn(value, 11, 0, 23) && isIn(value, 14, 0, 59);
  // Nearly all are such, which the clock of the language takes long to tell.
  if (isPlain && isIn(value, 17, 0, 59)) return true;
  const time = Date.parse(value.replace(/:60(?=Z|\.)/, ":59"));
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(value.slice(0, 10));
}

/** Whether the two digits at a place are from `least` to `most`. */
function isIn(value: string, at: number, least: number, most: number): boolean {
  const number = (value.charCodeAt(at) - 48) * 10 + value.charCodeAt(at + 1) - 48;
  return number >= least && number <= most;
}

const octet = String.raw`(?:[01]?\d?\d|2[0-4]\d|25[0-5])`;
const quad = new RegExp(`^${octet}(?:\\.${octet}){3}$`);

/** An address as RFC 791 or RFC 4291 2.2 write it. */
export const address: Form = (value) => {
  return quad.test(value) || isIpv6(value) ? undefined : "a dotted quad or an IPv6 address";
};

function isIpv6(value: string): boolean {
  if (!/^[0-9a-f:.]{2,45}$/i.test(value) || !value.includes(":")) return false;
  return URL.canParse(`http://[${value}]/`);
}

function form(pattern: RegExp, expected: string): Form {
  return (value) => (pattern.test(value) ? undefined : expected);
}
