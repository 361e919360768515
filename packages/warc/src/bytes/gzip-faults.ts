import { counted } from "../counted.ts";
import type { StorageFault } from "./piece.ts";

const clause = "RFC 1952 2.2";

export function cut(offset: number, plain: number): StorageFault {
  const message = `The gzip member ends with the file, before its own end, after ${plain} plain bytes`;
  return { code: "GZIP_CUT", severity: "error", message, clause, done: "gave what there is", offset, inside: plain > 0 };
}

export function damaged(offset: number, plain: number): StorageFault {
  const message = `The gzip member cannot be unpacked beyond its first ${plain} plain bytes`;
  const done = "gave what came before, and went on at the next member that a record begins in";
  return { code: "GZIP_DAMAGED", severity: "error", message, clause: "RFC 1951 3.2", done, offset, inside: plain > 0 };
}

export function wrongSum(offset: number, what: string, code: string): StorageFault {
  const message = `The ${what} of the gzip member is not the one that it was packed with`;
  return { code, severity: "error", message, clause: "RFC 1952 2.3.1", done: "gave the bytes as they unpack", offset, inside: true };
}

export function empty(offset: number): StorageFault {
  return {
    code: "GZIP_EMPTY_MEMBER",
    severity: "note",
    message: "The gzip member is empty",
    clause,
    done: "passed over it",
    offset,
    inside: false,
  };
}

export function padding(offset: number, length: number): StorageFault {
  const message = `${counted(length, "zero byte")} where a gzip member would begin`;
  return { code: "GZIP_PADDING", severity: "warning", message, clause, done: "passed over them", offset, inside: false };
}

export function garbage(offset: number, length: number): StorageFault {
  return {
    code: "GZIP_GARBAGE",
    severity: "error",
    message: `${counted(length, "byte")} in no gzip member`,
    clause,
    done: "passed over them",
    offset,
    inside: false,
  };
}
