import { WarcError } from "../error.ts";

/** A word of a filter, and where it stands. */
export type Token =
  | { readonly kind: "name"; readonly text: string; readonly at: number }
  | { readonly kind: "text"; readonly text: string; readonly at: number }
  | { readonly kind: "sign"; readonly text: Sign; readonly at: number }
  | { readonly kind: "end"; readonly text: ""; readonly at: number };

const signs = ["&&", "||", "==", "!=", "=~", "!~", "<=", ">=", "<", ">", "!", "(", ")"] as const;
export type Sign = (typeof signs)[number];

/** Names and numbers · signs, the longer ones first · texts in quotes, in which only a quote is escaped: patterns are full of backslashes. */
const word = /\s*(?:([\w:-]+)|(&&|\|\||[=!]=|[=!]~|[<>]=?|[!()])|"((?:[^"\\]|\\.)*)")/sy;

/** Splits a filter into its words. Throws `BAD_FILTER`. */
export function tokenise(filter: string): readonly Token[] {
  const tokens: Token[] = [];
  word.lastIndex = 0;
  for (let from = 0; from < filter.trimEnd().length; from = word.lastIndex) {
    const found = word.exec(filter);
    if (!found)
      throw badFilter(filter, from + (/^\s*/.exec(filter.slice(from))?.[0].length ?? 0), "a field, a sign or a text in double quotes");
    const [all, name, sign, text] = found;
    const at = from + (/^\s*/.exec(all)?.[0].length ?? 0);
    if (name !== undefined) tokens.push({ kind: "name", text: name, at });
    else if (isSign(sign)) tokens.push({ kind: "sign", text: sign, at });
    else tokens.push({ kind: "text", text: (text ?? "").replaceAll('\\"', '"'), at });
  }
  tokens.push({ kind: "end", text: "", at: filter.length });
  return tokens;
}

/** What is thrown of a filter that cannot be read, with a mark under the place. */
export function badFilter(filter: string, at: number, expected: string, cause?: unknown): WarcError {
  const line = filter.replace(/\s/g, " ");
  const from = Math.max(0, at - 60);
  const place = `  ${line.slice(from, from + 120)}\n  ${" ".repeat(at - from)}^ expected ${expected}`;
  const message = `Cannot read the filter at column ${at + 1}:\n${place}`;
  return new WarcError("BAD_FILTER", message, `Write it as in ':status == 200 && http:content-type =~ "text/html.*"'`, { cause });
}

function isSign(text: string | undefined): text is Sign {
  return signs.some((sign) => sign === text);
}
