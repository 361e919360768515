import { concat } from "../src/bytes/stored-bytes.ts";
import type { NewRecord } from "../src/write/new-record.ts";
import type { OutputFile } from "../src/write/output-file.ts";
import { WarcWriter, type Written } from "../src/write/warc-writer.ts";

const date = "2026-01-01T00:00:00Z";
const targetUri = "https://example.com/";

/** What this library writes, in memory, by what both Node and browsers have: blocks of bytes, of a stream and of a Blob, one type of record after another. */
export async function writeOurs(kind: "plain" | "gzip"): Promise<{ bytes: Uint8Array; written: readonly Written[] }> {
  const file = new MemoryFile();
  const written: Written[] = [];
  await using writer = new WarcWriter({ name: "ours", packing: { kind }, create: async () => file, info: [["software", "ours"]] });
  for (const record of records()) written.push(await writer.append(record));
  await writer.close();
  return { bytes: concat(file.pieces), written };
}

function* records(): Iterable<NewRecord> {
  const request = bytesOf("GET / HTTP/1.1\r\nHost: example.com\r\n\r\n");
  const response = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n";
  const html = { contentType: "text/html", targetUri, date };
  yield { type: "request", date, targetUri, block: request };
  yield { type: "response", date, targetUri, ipAddress: "192.0.2.1", block: new Blob([response]).stream() };
  yield { type: "resource", ...html, block: accessBlob(new Blob(["<p>".repeat(100_000)])) };
  yield { type: "revisit", date, targetUri, profile: "server-not-modified", block: bytesOf("HTTP/1.1 304 Not Modified\r\n\r\n") };
  yield { type: "metadata", date, contentType: "application/warc-fields", block: bytesOf("via: https://example.com/from\r\n") };
  yield { type: "conversion", ...html, block: bytesOf("<p>ä") };
}

const bytesOf = (text: string) => new TextEncoder().encode(text);

function accessBlob(blob: Blob) {
  return {
    size: blob.size,
    read: async (offset: number, length: number) => new Uint8Array(await blob.slice(offset, offset + length).arrayBuffer()),
  };
}

class MemoryFile implements OutputFile {
  pieces: Uint8Array[] = [];

  async write(bytes: Uint8Array): Promise<void> {
    this.pieces.push(bytes.slice());
  }

  async truncate(size: number): Promise<void> {
    this.pieces = [concat(this.pieces).subarray(0, size)];
  }

  async abandon(): Promise<void> {}
  async finish(): Promise<void> {}
  async [Symbol.asyncDispose](): Promise<void> {}
}
