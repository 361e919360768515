import { counted } from "../counted.ts";
import type { StorageFault } from "./piece.ts";

const frames = "warc-zstd 1.0, Zstandard frames";
const dictionaries = "warc-zstd 1.0, Dictionaries";

export function cut(offset: number, plain: number): StorageFault {
  const message = `The zstd frame ends with the file, before its own end, after ${plain} plain bytes`;
  return { code: "ZSTD_CUT", severity: "error", message, clause: "RFC 8878 3.1", done: "gave what there is", offset, inside: plain > 0 };
}

export function damaged(offset: number, plain: number): StorageFault {
  const message = `The zstd frame cannot be unpacked${plain > 0 ? ` beyond its first ${plain} plain bytes` : ", or not to what its checksum is of"}`;
  return {
    code: "ZSTD_DAMAGED",
    severity: "error",
    message,
    clause: "RFC 8878 3.1",
    done: "went on at the next frame",
    offset,
    inside: plain > 0,
  };
}

export function garbage(offset: number, length: number): StorageFault {
  const message = `${counted(length, "byte")} in no zstd frame`;
  return { code: "ZSTD_GARBAGE", severity: "error", message, clause: "RFC 8878 3", done: "passed over them", offset, inside: false };
}

export function noDictionary(offset: number, id: number): StorageFault {
  const message = `The zstd frame needs dictionary ${id}, and the file has none`;
  return { code: "ZSTD_NO_DICTIONARY", severity: "error", message, clause: dictionaries, done: "passed over it", offset, inside: false };
}

export function badDictionary(offset: number): StorageFault {
  const message = "The dictionary frame has no dictionary in it, or one that cannot be unpacked";
  return { code: "ZSTD_BAD_DICTIONARY", severity: "error", message, clause: dictionaries, done: "went on without", offset, inside: false };
}

export function startsWithExtension(): StorageFault {
  const message = "The file begins with a skippable frame that is no dictionary";
  return {
    code: "ZSTD_STARTS_WITH_EXTENSION",
    severity: "warning",
    message,
    clause: "warc-zstd 1.0, File format",
    done: "skipped it",
    offset: 0,
    inside: false,
  };
}

export function noSize(offset: number): StorageFault {
  const message = "The zstd frame does not tell the size of its content; no more is said of others";
  return { code: "ZSTD_NO_SIZE", severity: "warning", message, clause: frames, done: "unpacked it", offset, inside: false };
}

export function noChecksum(offset: number): StorageFault {
  const message = "The zstd frame has no checksum; no more is said of others";
  return { code: "ZSTD_NO_CHECKSUM", severity: "warning", message, clause: frames, done: "unpacked it", offset, inside: false };
}
