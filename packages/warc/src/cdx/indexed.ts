/** One capture as an index knows it: under which key it is found, and where it lies. What an index does not say is absent. */
export interface Indexed {
  /** See `urlKey`; `-` where the record has no URL. */
  readonly urlkey: string;
  /** In UTC: `20170306040206`, with up to three digits more for milliseconds. */
  readonly timestamp: string;
  readonly url?: string;
  /** Of the payload, without parameters; `warc/revisit` for a revisit. */
  readonly mime?: string;
  /** Of the HTTP response. */
  readonly status?: number;
  /** Of the payload: `sha1:G7HR…`, or without the label as CDX has it. */
  readonly digest?: string;
  /** Where the response sends the browser. */
  readonly redirect?: string;
  /** Of the page's robots meta tags: `A`, `F`, `I` and others. */
  readonly robotflags?: string;
  /** Bytes of the record as it is stored. */
  readonly length?: number;
  /** Bytes from the start of the file as it is stored. */
  readonly offset?: number;
  readonly filename?: string;
  /** All else: in CDX by the legend's letter, in CDXJ by name. */
  readonly others?: Readonly<Record<string, unknown>>;
}

/** What a line does not keep to. */
export interface LineFault {
  /** Stable, in capitals. */
  readonly code: string;
  readonly message: string;
  readonly done: string;
}

/** What a line says, and how far it can be believed; without an entry it could not be read at all. */
export interface ParsedLine {
  readonly entry?: Indexed;
  readonly faults: readonly LineFault[];
}

/** A whole number as an index writes it, without a sign. */
export function parseCount(text: string, field: string, faults: LineFault[]): number | undefined {
  if (/^\d{1,15}$/.test(text)) return Number(text);
  faults.push({ code: "BAD_NUMBER", message: `Expected ${field} to be a whole number, got ${text.slice(0, 40)}`, done: "left it out" });
  return undefined;
}

export function checkTimestamp(timestamp: string, faults: LineFault[]): void {
  if (/^\d{14}(?:\d{1,3})?$/.test(timestamp)) return;
  const message = `Expected a time of 14 to 17 digits, got ${timestamp.slice(0, 40)}`;
  faults.push({ code: "BAD_TIMESTAMP", message, done: "kept it as it is" });
}
