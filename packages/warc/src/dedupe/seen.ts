/** A payload that is about to be stored. */
export interface Candidate {
  readonly url: string;
  /** With its label: `sha1:…`. */
  readonly digest: string;
  /** Of the body with its chunks, where it has some: many crawlers have digested that. */
  readonly transferDigest?: string | undefined;
}

/** An earlier capture of the same payload, as a revisit refers to it (ISO 28500:2017 5.12, 5.13). */
export interface Earlier {
  readonly url: string;
  /** In the form of WARC-Date. */
  readonly date: string;
}

/** Where payloads are known that are stored already. */
export interface Seen {
  /** Of each candidate in its order, the earlier capture; undefined where there is none, or nobody can tell at the moment. */
  find(candidates: readonly Candidate[]): Promise<readonly (Earlier | undefined)[]>;
}
