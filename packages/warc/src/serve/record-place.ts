import type { RandomAccess } from "../bytes/input.ts";
import { readRecords } from "../read/read-records.ts";
import type { ArchiveRecord } from "../read/record.ts";

/** Where a record is found again. */
export interface RecordPlace {
  /** Bytes from the start of the stored file. */
  readonly offset: number;
  /** Which of the records that begin there it is, from 0: more than one do where they share a gzip member. */
  readonly nth: number;
}

export interface PlacedRecord {
  readonly record: ArchiveRecord;
  readonly place: RecordPlace;
}

/** The records from a place on. Where the file has changed and there is no such record, the first is another one. */
export async function* readFrom(file: RandomAccess, { offset, nth }: RecordPlace): AsyncGenerator<PlacedRecord, void> {
  let place: RecordPlace | undefined;
  for await (const record of readRecords(file, { offset })) {
    place = { offset: record.offset, nth: place?.offset === record.offset ? place.nth + 1 : 0 };
    if (place.offset > offset || place.nth >= nth) yield { record, place };
  }
}
