import { hexOf, spell } from "./percent.ts";

/** A request as far as its response's key depends on it. */
export interface KeyedRequest {
  /** As the request line has it. */
  readonly method: string;
  /** The header's whole value; empty where there is none. */
  readonly contentType: string;
  /** With transfer and content codings removed. Of a longer body than `mostBody`, that much is enough. */
  readonly body: Uint8Array;
}

/** Bytes of a body that are looked at. A key is no place for an upload. */
export const mostBody = 64 * 1024;

/** Characters of a query made of a request; keys are lines of an index, and tools read lines into buffers. */
const mostQuery = 4096;

/**
 * The URL under which the response to a request is indexed: `http://a/?__wb_method=POST&q=1` for a form of one field (IIPC, CDX for
 * non-GET requests). A GET's is its own.
 */
export function urlOfRequest(url: string, request: KeyedRequest): string {
  const query = queryOfRequest(request);
  if (query === "") return url;
  const hash = url.indexOf("#");
  const plain = hash === -1 ? url : url.slice(0, hash);
  return `${plain}${plain.includes("?") ? "&" : "?"}${query}`;
}

/** What a request adds to the query of its URL; empty for a GET. Never throws, and never longer than 4,096 characters. */
export function queryOfRequest({ method, contentType, body }: KeyedRequest): string {
  if (method.toUpperCase() === "GET") return "";
  const fields = body.length === 0 ? "" : readBody(contentType, body.subarray(0, mostBody));
  return `__wb_method=${quote(method)}${fields && `&${fields}`}`.slice(0, mostQuery);
}

function readBody(contentType: string, body: Uint8Array): string {
  const [mime = ""] = contentType.split(";", 1);
  switch (mime.trim().toLowerCase()) {
    case "application/json":
      return readJson(body) ?? "";
    case "text/plain":
      return readJson(body) ?? readBinary(body);
    case "application/x-www-form-urlencoded":
      return readForm(body) ?? readBinary(body);
    default:
      return (/^\s*multipart\//i.test(mime) ? readMultipart(contentType, body) : undefined) ?? readBinary(body);
  }
}

function readBinary(body: Uint8Array): string {
  return `__wb_post_data=${btoa(spell(body))}`;
}

/** Decoded once, as a whole, and encoded as little as a line of an index needs; so did the first tools, and their keys stand in indexes. */
function readForm(body: Uint8Array): string | undefined {
  if (utf8(body) === undefined) return undefined;
  return spell(body)
    .replaceAll("+", " ")
    .replace(/%([0-9a-fA-F]{2})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)))
    .replace(/[\x00-\x20#\x7f-\xff]/g, (char) => `%${hexOf(char.charCodeAt(0))}`);
}

/** Every field of every object, however deep, by its own name; undefined where it is not JSON, in one piece or a line each. */
function readJson(body: Uint8Array): string | undefined {
  const text = utf8(body);
  if (text === undefined) return undefined;
  const whole = parseJson(text);
  if (whole) return nameFields([whole.value]);
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  const values = lines.map(parseJson);
  return values.length > 1 && values.every((line) => line !== undefined) ? nameFields(values.map((line) => line.value)) : undefined;
}

function nameFields(values: readonly unknown[]): string {
  const counts = new Map<string, number>();
  const out: string[] = [];
  // A stack of our own: 64 KiB of brackets nest deeper than calls may.
  const waiting: { name: string; value: unknown }[] = values.map((value) => ({ name: "", value })).reverse();
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const { name, value } = next;
    if (typeof value === "object" && value !== null) {
      const inner = Array.isArray(value)
        ? value.map((value) => ({ name, value }))
        : Object.entries(value).map(([name, value]) => ({ name, value }));
      waiting.push(...inner.reverse());
      continue;
    }
    if (name === "") continue;
    const count = (counts.get(name) ?? 0) + 1;
    counts.set(name, count);
    out.push(`${quote(name)}${count === 1 ? "" : `.${count}_`}=${quote(String(value))}`);
  }
  return out.join("&");
}

/** Each part by the name that its Content-Disposition gives (RFC 7578); undefined where no part has one. */
function readMultipart(contentType: string, body: Uint8Array): string | undefined {
  const boundary = /;\s*boundary=(?:"([^"]+)"|([^\s;"]+))/i.exec(contentType);
  if (!boundary) return undefined;
  const pieces = `\r\n${spell(body)}`.split(`\r\n--${boundary[1] ?? boundary[2]}`);
  const fields: string[] = [];
  for (const piece of pieces.slice(1)) {
    if (piece.startsWith("--")) break;
    const end = piece.indexOf("\r\n\r\n");
    const head = piece.slice(0, end);
    const name = /(?:^|\n)content-disposition:[^\r\n]*?;[ \t]*name=(?:"([^"\r\n]*)"|([^\s;"]+))/i.exec(head.slice(0, 2048));
    if (end !== -1 && name) fields.push(`${quoteBytes(name[1] ?? name[2] ?? "")}=${quoteBytes(piece.slice(end + 4))}`);
  }
  return fields.length > 0 ? fields.join("&") : undefined;
}

function parseJson(text: string): { value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) };
  } catch (error) {
    // Most bodies that say they are text are no JSON; that is no fault of theirs.
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function utf8(body: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(body);
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}

/** As forms are sent (URL Standard 5.2), but that `~` stays and `*` does not: so Python's quote_plus has it, which made the first keys. */
function quote(text: string): string {
  return quoteBytes(spell(new TextEncoder().encode(text)));
}

function quoteBytes(text: string): string {
  return text.replace(/[^A-Za-z0-9_.~ -]/g, (char) => `%${hexOf(char.charCodeAt(0))}`).replaceAll(" ", "+");
}
