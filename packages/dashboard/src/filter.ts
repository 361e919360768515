import { FettleError, type Filter, type Status } from "@fettle/engine";

const statuses: readonly Status[] = ["running", "stuck", "done"];
const fields = ["machine", "key", "state", "status"] as const;

/**
 * Reads the selector of the command line: `state=fencing -l region=eu`; a bare word is a key. Values with spaces stand in double quotes.
 * Throws USAGE for anything else.
 */
export function parseFilter(line: string): Filter {
  const filter: { -readonly [Field in keyof Filter]: Filter[Field] } = {};
  const labels: Record<string, string> = {};
  const words = wordsOf(line);
  for (let index = 0; index < words.length; index++) {
    const word = words[index] as string;
    if (word === "-l" || word === "--label") {
      const [name, value] = labelOf(words[++index] ?? "");
      labels[name] = value;
    } else if (/^(machine|key|state)=/.test(word)) {
      const [name, value] = labelOf(word);
      filter[name as "machine" | "key" | "state"] = value;
    } else if (word.startsWith("status=")) {
      filter.status = statusNamed(word.slice("status=".length));
    } else if (word.startsWith("-") || word.includes("=")) {
      throw unreadable(word, `Write ${fields.map((field) => `${field}=…`).join(", ")} or -l label=value`);
    } else {
      filter.key = word;
    }
  }
  return Object.keys(labels).length > 0 ? { ...filter, labels } : filter;
}

/** The selector that `parseFilter` reads back: `state=fencing -l region=eu`. */
export function spellFilter(filter: Filter): string {
  return filterWords(filter)
    .map((word) => (/\s/.test(word) ? `"${word}"` : word))
    .join(" ");
}

/** The same as separate words, for `fettle ls`. */
export function filterWords(filter: Filter): readonly string[] {
  const plain = fields.flatMap((field) => (filter[field] === undefined ? [] : [`${field}=${filter[field]}`]));
  return [...plain, ...Object.entries(filter.labels ?? {}).flatMap(([name, value]) => ["-l", `${name}=${value}`])];
}

/** The address of the instances that a filter selects. */
export function instancesUrl(filter: Filter): string {
  const line = spellFilter(filter);
  return line === "" ? "/instances" : `/instances?filter=${encodeURIComponent(line)}`;
}

/** `region=eu` as name and value. Throws USAGE. */
export function labelOf(word: string): readonly [string, string] {
  const at = word.indexOf("=");
  if (at < 1) throw unreadable(word, "Write a label as -l region=eu");
  return [word.slice(0, at), word.slice(at + 1)];
}

/** Throws USAGE for a word that is no status. */
export function statusNamed(text: string): Status {
  const status = statuses.find((one) => one === text);
  if (status === undefined) throw unreadable(`status=${text}`, `Use one of ${statuses.join(", ")}`);
  return status;
}

function wordsOf(line: string): readonly string[] {
  return (line.match(/(?:"[^"]*"|[^\s"])+/g) ?? []).map((word) => word.replaceAll('"', ""));
}

function unreadable(word: string, fix: string): FettleError {
  return new FettleError("USAGE", `Cannot read "${word}" in the filter`, { fix });
}
