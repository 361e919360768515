/** Characters of a name and of a folder's name: file systems take 255 bytes, and a number may follow. */
const longestName = 120;
const longestFolder = 80;

/**
 * A path for what a URL leads to, of a folder and a name: `example.com/a_b.html`. Whatever the URL holds, it is a path below the folder where
 * it is used: of letters, digits, `-`, `_` and `.`, with neither part empty, hidden, or a name that Windows keeps for a device. `mime` is
 * told where the name has no ending.
 */
export function fileName(url: string, mime: string | undefined): { readonly folder: string; readonly name: string } {
  const [, host, path = ""] = /^[a-z][a-z0-9+.-]*:\/\/(?:[^/?#@]*@)?([^/?#]*)([^#]*)/i.exec(url.slice(0, 4096)) ?? [];
  const folder = clean(host ?? "other", longestFolder).toLowerCase();
  const words = clean((host === undefined ? url : path).replace(/^\/+|\/+$/g, "").slice(0, 2048), 2048);
  const [, stem = "", ending = ""] = /^(.*?)(\.[A-Za-z0-9]{1,8})?$/s.exec(words) ?? [];
  const wanted = ending || (endings.get(mime) ?? "");
  return {
    folder: withoutDevice(folder || "other"),
    name: withoutDevice((stem || "index").slice(0, longestName - wanted.length) + wanted),
  };
}

/** The same name with a number before its ending. */
export function numbered(name: string, number: number | string): string {
  const [, stem = "", ending = ""] = /^(.*?)(\.[A-Za-z0-9]{1,8})?$/s.exec(name) ?? [];
  return `${stem}-${number}${ending}`;
}

const endings: ReadonlyMap<string | undefined, string> = new Map([
  ["text/html", ".html"],
  ["application/xhtml+xml", ".html"],
  ["text/css", ".css"],
  ["text/plain", ".txt"],
  ["text/xml", ".xml"],
  ["application/xml", ".xml"],
  ["text/javascript", ".js"],
  ["application/javascript", ".js"],
  ["application/x-javascript", ".js"],
  ["application/json", ".json"],
  ["application/pdf", ".pdf"],
  ["image/gif", ".gif"],
  ["image/jpeg", ".jpg"],
  ["image/png", ".png"],
  ["image/svg+xml", ".svg"],
  ["image/webp", ".webp"],
]);

/** Neither a dot at its start, which hides it or leads upward, nor one at its end, which Windows drops. */
function clean(text: string, most: number): string {
  return text
    .replace(/[^A-Za-z0-9._-]+/g, "_")
    .slice(0, most)
    .replace(/^[._-]+|[._]+$/g, "");
}

function withoutDevice(name: string): string {
  return /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i.test(name) ? `_${name}` : name;
}
