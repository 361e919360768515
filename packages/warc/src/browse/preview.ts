import { GrowingBytes } from "../http/growing-bytes.ts";
import { openMessage } from "../http/message.ts";
import { messageKind } from "../http/message-kind.ts";
import type { ArchiveRecord } from "../read/record.ts";

/** Bytes of a payload that are shown. */
const mostShown = 1 << 16;

/** A record as lines of text: its header, the head of its HTTP message, and the start of its payload with all codings removed. */
export async function previewOf(record: ArchiveRecord): Promise<readonly string[]> {
  const kind = messageKind(record);
  const message = kind && (await openMessage(record.block, kind));
  const { bytes, isCut } = await readStart(message?.decoded() ?? record.block);
  return [
    ...linesOf(new TextDecoder().decode(record.head)),
    ...(message?.head ? [...headLines(message.head), ""] : []),
    ...payloadLines(bytes),
    ...(isCut ? ["", `… shown are the first ${mostShown} bytes`] : []),
  ];
}

type Head = NonNullable<Awaited<ReturnType<typeof openMessage>>["head"]>;

function headLines(head: Head): readonly string[] {
  const first =
    head.kind === "response"
      ? `HTTP/${head.version ?? "?"} ${head.status ?? ""} ${head.reason ?? ""}`
      : `${head.method} ${head.target} HTTP/${head.version ?? "?"}`;
  return [first, ...[...head.fields].map(({ name, value }) => `${name}: ${value}`)];
}

async function readStart(body: AsyncIterable<Uint8Array>): Promise<{ readonly bytes: Uint8Array; readonly isCut: boolean }> {
  const start = new GrowingBytes();
  for await (const piece of body) {
    const room = mostShown - start.length;
    start.add(piece.subarray(0, room));
    if (piece.length > room) return { bytes: start.bytes, isCut: true };
  }
  return { bytes: start.bytes, isCut: false };
}

function payloadLines(bytes: Uint8Array): readonly string[] {
  // Bytes that no text has tell what is none.
  const isText = !bytes.subarray(0, 1024).some((byte) => byte < 9 || (byte > 13 && byte < 27));
  return isText ? linesOf(new TextDecoder().decode(bytes)) : hexLines(bytes);
}

function linesOf(text: string): readonly string[] {
  return text.split(/\r\n|\n|\r/);
}

/** Sixteen bytes a line, as `hexdump -C` has them. */
function hexLines(bytes: Uint8Array): readonly string[] {
  const lines: string[] = [];
  for (let at = 0; at < bytes.length; at += 16) {
    const row = [...bytes.subarray(at, at + 16)];
    const digits = row.map((byte) => byte.toString(16).padStart(2, "0")).join(" ");
    const characters = row.map((byte) => (byte >= 32 && byte < 127 ? String.fromCharCode(byte) : ".")).join("");
    lines.push(`${at.toString(16).padStart(8, "0")}  ${digits.padEnd(47)}  ${characters}`);
  }
  return lines;
}
