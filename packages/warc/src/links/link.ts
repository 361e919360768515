/** A link of a document to another one. */
export interface Link {
  /** Absolute. */
  readonly url: string;
  /** Where it stands: `a@href`, `img@srcset`, `css url()`, `Link: rel=next`, `Location`. */
  readonly from: string;
}

/** Characters of a link: what is longer is data, or made to hurt. */
export const longestLink = 8192;

/** Resolves what links say against their document. */
export class Links {
  #base: string;
  #found: Link[] = [];

  constructor(documentUrl: string) {
    this.#base = documentUrl;
  }

  /** Has links that follow be relative to another URL, itself relative to the document's. */
  setBase(href: string): void {
    this.#base = resolve(href, this.#base) ?? this.#base;
  }

  /** Adds a link as it is written. What leads nowhere, or into the document itself (`data:`, `javascript:`, `#top`), is left out. */
  add(written: string, from: string): void {
    const text = written.trim();
    if (text === "" || text.startsWith("#") || text.length > longestLink) return;
    const url = resolve(text, this.#base);
    if (url !== undefined && !/^(data|javascript|about|blob|vbscript):/i.test(url)) this.#found.push({ url, from });
  }

  /** Those that have been added since they were last taken. */
  take(): readonly Link[] {
    const found = this.#found;
    this.#found = [];
    return found;
  }
}

function resolve(text: string, base: string): string | undefined {
  return URL.parse(text, base)?.href ?? URL.parse(text)?.href;
}
