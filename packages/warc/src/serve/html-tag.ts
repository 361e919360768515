/** An attribute of a tag; places are of its value in the text, without quotes. */
export interface Attribute {
  readonly name: string;
  /** Where its name starts. */
  readonly at: number;
  readonly start: number;
  readonly end: number;
  /** Where the attribute ends, with its closing quote. */
  readonly after: number;
}

export interface Tag {
  /** In lower case. */
  readonly name: string;
  readonly isEnd: boolean;
  readonly attributes: readonly Attribute[];
  /** Behind its `>`. */
  readonly end: number;
}

/** Reads the tag that begins with the `<` at `at`, as browsers do (HTML 13.2.5.8 on). Undefined where the text ends before it does. */
export function readTag(text: string, at: number): Tag | undefined {
  const isEnd = text.charAt(at + 1) === "/";
  const nameStart = at + (isEnd ? 2 : 1);
  let position = skipUntil(text, nameStart, endsTagName);
  const name = text.slice(nameStart, position).toLowerCase();
  const attributes: Attribute[] = [];
  for (;;) {
    position = skipWhile(text, position, isBetween);
    if (position >= text.length) return undefined;
    if (text.charAt(position) === ">") return { name, isEnd, attributes, end: position + 1 };
    const attribute = readAttribute(text, position);
    if (!attribute) return undefined;
    attributes.push(attribute);
    position = attribute.after;
  }
}

function readAttribute(text: string, at: number): Attribute | undefined {
  // An equals sign in front is part of the name.
  const nameEnd = skipUntil(text, at + 1, endsAttributeName);
  const name = text.slice(at, nameEnd).toLowerCase();
  const equals = skipWhile(text, nameEnd, isSpace);
  if (equals >= text.length) return undefined;
  if (text.charAt(equals) !== "=") return { name, at, start: nameEnd, end: nameEnd, after: nameEnd };
  const valueAt = skipWhile(text, equals + 1, isSpace);
  const quote = text.charAt(valueAt);
  if (quote === '"' || quote === "'") {
    const end = text.indexOf(quote, valueAt + 1);
    return end < 0 ? undefined : { name, at, start: valueAt + 1, end, after: end + 1 };
  }
  const end = skipUntil(text, valueAt, endsBareValue);
  return end >= text.length ? undefined : { name, at, start: valueAt, end, after: end };
}

const isSpace = (char: string) => char === " " || char === "\n" || char === "\t" || char === "\r" || char === "\f";
const isBetween = (char: string) => isSpace(char) || char === "/";
const endsTagName = (char: string) => isBetween(char) || char === ">";
const endsAttributeName = (char: string) => endsTagName(char) || char === "=";
const endsBareValue = (char: string) => isSpace(char) || char === ">";

function skipWhile(text: string, from: number, holds: (char: string) => boolean): number {
  let at = from;
  while (at < text.length && holds(text.charAt(at))) at++;
  return at;
}

function skipUntil(text: string, from: number, ends: (char: string) => boolean): number {
  return skipWhile(text, from, (char) => !ends(char));
}
