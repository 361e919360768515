import type { Finding } from "../finding.ts";
import type { Fields } from "./fields.ts";

/** What a record is of: the version line, or that of the ARC file it is in. */
export type Format = "warc" | "arc";

/** A record of an archive. Its header is here; its block is read as it is asked for, and is passed over with the next record. */
export interface ArchiveRecord {
  /** In its file, from 0. */
  readonly number: number;
  readonly format: Format;
  /** Of the format: `1.1`. */
  readonly version: string;
  /** WARC-Type as written (ISO 28500:2017 5.5), undefined where there is none; of ARC `filedesc` for the first record and `arc` for others. */
  readonly type: string | undefined;
  /** Bytes from the start of the stored file: of the record, or of the gzip member or zstd frame that it begins in. */
  readonly offset: number;
  /** Bytes from the start of the file as it is when unpacked. */
  readonly plainOffset: number;
  readonly fields: Fields;
  /** The header as it stands in the file, with its blank line. */
  readonly head: Uint8Array;
  /** Content-Length in bytes (5.3), undefined where it is missing or no number. */
  readonly contentLength: number | undefined;
  /** WARC-Target-URI (5.14), without the angle brackets that some writers put around it, and with its spaces escaped. */
  readonly targetUri: string | undefined;
  /** WARC-Record-ID (5.2) as written. */
  readonly id: string | undefined;
  /** WARC-Date (5.4) as written; that of ARC in the same form. */
  readonly date: string | undefined;
  /** Of the block (5.6). */
  readonly contentType: string | undefined;
  /** What has been found about this record so far; complete once `end` has answered. */
  readonly findings: readonly Finding[];
  /** The block, piece by piece. It can be read once: what is iterated over again goes on where it was left. */
  readonly block: AsyncIterable<Uint8Array>;
  /** Passes over what is left of the block, and answers how much the record takes. */
  end(): Promise<Extent>;
}

/** How many bytes a record takes. */
export interface Extent {
  /** As stored: of its gzip member or zstd frames; undefined where the member goes on beyond what has been read, or has no end. */
  readonly length: number | undefined;
  /** Header and block, without the line ends behind them. */
  readonly plainLength: number;
  /** Bytes of the block that are there. */
  readonly blockLength: number;
  /** Whether the block is shorter than its Content-Length says. */
  readonly cut: boolean;
}
