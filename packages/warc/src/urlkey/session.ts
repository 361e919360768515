/** How session ids in a query look; each ends where its parameter ends. */
export interface SessionForm {
  readonly hint: RegExp;
  readonly parameter: RegExp;
  /** Longer than the longest match, so that only so much of a parameter's end is looked at. */
  readonly reach: number;
}

/** As the Wayback Machine has it since its beginning; a key must be found in indexes made by others, so its narrowness stays. */
export const waybackSession: SessionForm = {
  hint: /sid=|sessionid|cftoken=/i,
  parameter: /(?:jsessionid=[0-9a-z]{32}|phpsessid=[0-9a-z]{32}|sid=[0-9a-z]{32}|aspsessionid[a-z]{8}=[a-z]{24})$/i,
  reach: 48,
};

/** As urlcanon has it: Java's ids may be longer or shorter, and have a `$`. */
export const urlcanonSession: SessionForm = {
  hint: waybackSession.hint,
  parameter: /(?:jsessionid=[0-9a-z$]{10,200}|phpsessid=[0-9a-z]{16,200}|sid=[0-9a-z]{32}|aspsessionid[a-z]{8}=[a-z]{24})$/i,
  reach: 220,
};

/**
 * The query without its session ids. What stands before an id in the same parameter is joined to the parameter after it
 * (`foosid=…&bar` gives `foobar`), as in every tool that has these rules.
 */
export function withoutSession(query: string, form: SessionForm): string {
  if (!form.hint.test(query)) return query;
  const kept: string[] = [];
  // What stood before an id, waiting for the next parameter.
  let pending: string | undefined;
  const parameters = query.split("&");
  for (let index = 0; index < parameters.length; index++) {
    if (pending === undefined && index > 0) kept.push("&");
    const whole: string = (pending ?? "") + parameters[index];
    const id = findSession(whole, parameters[index + 1], form);
    if (!id) {
      kept.push(whole);
      pending = undefined;
      continue;
    }
    index += id.parameters - 1;
    // Only the end of what waits can take part in another id; the rest goes now, lest it be copied for each parameter.
    const end = Math.max(0, id.start - form.reach);
    kept.push(whole.slice(0, end));
    pending = whole.slice(end, id.start);
  }
  return kept.join("") + (pending ?? "");
}

/** ColdFusion's pair, `CFID=…&CFTOKEN=…`, is an id only where the two stand side by side. */
function findSession(parameter: string, next: string | undefined, form: SessionForm): { start: number; parameters: number } | undefined {
  const tail = parameter.slice(-form.reach);
  const match = form.parameter.exec(tail);
  if (match) return { start: parameter.length - tail.length + match.index, parameters: 1 };
  if (next === undefined || !/^cftoken=./is.test(next)) return undefined;
  const start = parameter.slice(0, -1).toLowerCase().lastIndexOf("cfid=");
  return start === -1 ? undefined : { start, parameters: 2 };
}

/** Without `(S(24 characters))` or `(24 characters)` as a segment before an `.aspx` page. */
export function withoutPathSession(path: string): string {
  const page = path.toLowerCase().lastIndexOf(".aspx");
  if (page === -1 || !path.includes("/(")) return path;
  const before = path
    .slice(0, page)
    .replace(/\/\((?:[a-z]\([0-9a-z]{24}\))+\)(?=\/[^?])/gi, "")
    .replace(/\/\([0-9a-z]{24}\)(?=\/[^?])/gi, "");
  return before + path.slice(page);
}

/** `/a;jsessionid=…` as `/a`. */
export function withoutJavaPathSession(path: string): string {
  const start = Math.max(0, path.length - 44);
  return path.slice(0, start) + path.slice(start).replace(/;jsessionid=[0-9a-z]{32}$/i, "");
}
