import { badFilter, type Sign, type Token, tokenise } from "./token.ts";

/** A filter, as it is asked of one record after another. */
export type Expression =
  | { readonly kind: "and" | "or"; readonly terms: readonly Expression[] }
  | { readonly kind: "not"; readonly term: Expression }
  | { readonly kind: "is"; readonly field: string; readonly text: string }
  | { readonly kind: "matches"; readonly field: string; readonly pattern: RegExp }
  | { readonly kind: "compares"; readonly field: string; readonly sign: "==" | "<" | "<=" | ">" | ">="; readonly number: number };

/** What can be asked of a record beside the fields of its header and of its HTTP message. */
export const derived = [":status", ":method", ":mime", ":length"] as const;

/**
 * Reads a filter as jwarc has them: `:status == 200 && !(http:content-type =~ "text/.*")`. Before `==`, `!=`, `=~`, `!~`, `<`, `<=`, `>` or `>=`
 * stands a field: of the record's header by its name, of the HTTP message as `http:NAME`, or one of `:status`, `:method`, `:mime` (of the body,
 * else of the block) and `:length` (Content-Length). A pattern has to fit the whole value. `!` binds before `&&`, and that before `||`.
 * Throws `BAD_FILTER`, with the column.
 */
export function parseFilter(filter: string): Expression {
  return new FilterParser(filter).parse();
}

/** Parentheses within parentheses. Nobody nests as deep, and calls may not be nested without end. */
const deepest = 100;

class FilterParser {
  readonly #filter: string;
  readonly #tokens: readonly Token[];
  #next = 0;
  #depth = 0;

  constructor(filter: string) {
    this.#filter = filter;
    this.#tokens = tokenise(filter);
  }

  parse(): Expression {
    const expression = this.#or();
    if (this.#peek().kind !== "end") throw this.#expected("&&, || or the end");
    return expression;
  }

  #or(): Expression {
    return this.#chain("or", "||", () => this.#chain("and", "&&", () => this.#term()));
  }

  #chain(kind: "and" | "or", sign: Sign, read: () => Expression): Expression {
    const first = read();
    const terms = [first];
    while (this.#takes(sign)) terms.push(read());
    return terms.length > 1 ? { kind, terms } : first;
  }

  #term(): Expression {
    if (++this.#depth > deepest) throw this.#expected(`no more than ${deepest} parentheses and negations within each other`);
    const term = this.#takes("!")
      ? ({ kind: "not", term: this.#term() } as const)
      : this.#takes("(")
        ? this.#inParentheses()
        : this.#comparison();
    this.#depth--;
    return term;
  }

  #inParentheses(): Expression {
    const inside = this.#or();
    if (!this.#takes(")")) throw this.#expected(")");
    return inside;
  }

  #comparison(): Expression {
    const field = this.#take("name", "a field such as warc-type, http:content-type or :status").text;
    const isKnown = !field.startsWith(":") || derived.some((name) => name === field);
    if (!isKnown) throw this.#before(`one of ${derived.join(", ")}`);
    const sign = this.#take("sign", "one of == != =~ !~ < <= > >=").text;
    switch (sign) {
      case "==":
        return this.#equals(field);
      case "!=":
        return { kind: "not", term: this.#equals(field) };
      case "=~":
        return this.#matches(field);
      case "!~":
        return { kind: "not", term: this.#matches(field) };
      case "<":
      case "<=":
      case ">":
      case ">=":
        return { kind: "compares", field, sign, number: this.#number() };
      default:
        throw this.#before("one of == != =~ !~ < <= > >=");
    }
  }

  #equals(field: string): Expression {
    if (this.#peek().kind !== "text") return { kind: "compares", field, sign: "==", number: this.#number() };
    return { kind: "is", field, text: this.#take("text", "a text").text };
  }

  #matches(field: string): Expression {
    const { text } = this.#take("text", "a pattern in double quotes");
    try {
      return { kind: "matches", field, pattern: new RegExp(`^(?:${text})$`, "s") };
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      throw this.#before(`a regular expression: ${error.message}`, error);
    }
  }

  #number(): number {
    const token = this.#peek();
    if (token.kind !== "name" || !/^\d{1,15}$/.test(token.text))
      throw this.#expected("a whole number, or a text in double quotes after == and !=");
    this.#next++;
    return Number(token.text);
  }

  #take<Kind extends Token["kind"]>(kind: Kind, expected: string): Extract<Token, { kind: Kind }> {
    const token = this.#peek();
    if (!isOf(token, kind)) throw this.#expected(expected);
    this.#next++;
    return token;
  }

  #takes(sign: Sign): boolean {
    const { kind, text } = this.#peek();
    if (kind !== "sign" || text !== sign) return false;
    this.#next++;
    return true;
  }

  #peek(): Token {
    return this.#tokens[this.#next] ?? { kind: "end", text: "", at: this.#filter.length };
  }

  #expected(expected: string) {
    return badFilter(this.#filter, this.#peek().at, expected);
  }

  /** Of the word that has just been taken. */
  #before(expected: string, cause?: unknown) {
    return badFilter(this.#filter, this.#tokens[this.#next - 1]?.at ?? 0, expected, cause);
  }
}

function isOf<Kind extends Token["kind"]>(token: Token, kind: Kind): token is Extract<Token, { kind: Kind }> {
  return token.kind === kind;
}
