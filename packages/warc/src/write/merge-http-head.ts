/** A head as lines, whose characters are bytes. */
interface HeadLines {
  readonly first: string;
  readonly fields: readonly { readonly key: string; readonly text: string }[];
}

/** What tells how the body is sent and coded: always that of the message which the body is of. */
const ofBody = new Set(["transfer-encoding", "content-encoding", "content-length", "content-range", "trailer", "connection", "keep-alive"]);

/** The head of a response whose body was stored with another one: its own, but for what tells how the body is coded. */
export function mergeIdentical(own: Uint8Array, original: Uint8Array): Uint8Array {
  const [head, stored] = [readLines(own), readLines(original)];
  const fields = [...head.fields.filter(({ key }) => !ofBody.has(key)), ...stored.fields.filter(({ key }) => ofBody.has(key))];
  return writeLines({ first: head.first, fields });
}

/** The head of a stored response that the server has said to be good still: fields of the newer one in place of its own (RFC 9111 3.2, 4.3.4). */
export function mergeNotModified(own: Uint8Array, original: Uint8Array): Uint8Array {
  const [head, stored] = [readLines(own), readLines(original)];
  const newer = head.fields.filter(({ key }) => key !== "" && !ofBody.has(key));
  const replaced = new Set(newer.map(({ key }) => key));
  return writeLines({ first: stored.first, fields: [...stored.fields.filter(({ key }) => !replaced.has(key)), ...newer] });
}

function readLines(head: Uint8Array): HeadLines {
  const [first = "", ...lines] = textOf(head).trimStart().split(/\r?\n/);
  const fields: { key: string; text: string }[] = [];
  for (const line of lines) {
    const last = fields.at(-1);
    if (line === "") break;
    if (last && /^[ \t]/.test(line)) last.text += `\r\n${line}`;
    else fields.push({ key: line.includes(":") ? line.slice(0, line.indexOf(":")).trim().toLowerCase() : "", text: line });
  }
  return { first, fields };
}

function writeLines({ first, fields }: HeadLines): Uint8Array {
  const text = `${[first, ...fields.map((field) => field.text)].join("\r\n")}\r\n\r\n`;
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

/** Each byte as the character of its number: what TextDecoder calls Latin-1 is Windows-1252. */
function textOf(bytes: Uint8Array): string {
  let text = "";
  for (let from = 0; from < bytes.length; from += 8192) text += String.fromCharCode(...bytes.subarray(from, from + 8192));
  return text;
}
