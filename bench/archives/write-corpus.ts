import { createHash } from "node:crypto";
import { open } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

/** Two files with the same records, one a gzip member each, and where the members lie. */
export interface Corpus {
  readonly plain: string;
  readonly gzip: string;
  readonly records: number;
  /** Of the plain file. */
  readonly bytes: number;
  readonly members: string;
}

/** Responses of pages as a crawler keeps them, which gzip makes a quarter of; the same for the same number, on any machine. */
export async function writeCorpus(folder: string, records: number): Promise<Corpus> {
  const corpus = { plain: join(folder, "pages.warc"), gzip: join(folder, "pages.warc.gz"), members: join(folder, "members.json"), records };
  await using plain = await open(corpus.plain, "w");
  await using gzip = await open(corpus.gzip, "w");
  await using members = await open(corpus.members, "w");
  const random = generator(7);
  const lengths: number[] = [];
  let bytes = 0;
  for (let number = 0; number < records; number++) {
    const record = response(number, random);
    const member = gzipSync(record);
    await plain.write(record);
    await gzip.write(member);
    lengths.push(member.length);
    bytes += record.length;
  }
  await members.write(JSON.stringify(lengths));
  return { ...corpus, bytes };
}

function response(number: number, random: () => number): Buffer {
  const body = Buffer.from(page(random));
  const http = Buffer.from(
    `HTTP/1.1 200 OK\r\nDate: Wed, 25 Nov 2026 12:00:00 GMT\r\nServer: nginx\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: ${body.length}\r\nCache-Control: max-age=3600\r\nVary: Accept-Encoding\r\n\r\n`,
  );
  const sha1 = (...parts: Buffer[]) => parts.reduce((hash, part) => hash.update(part), createHash("sha1")).digest("hex");
  const head = [
    "WARC/1.1",
    "WARC-Type: response",
    `WARC-Record-ID: <urn:uuid:00000000-0000-4000-8000-${String(number).padStart(12, "0")}>`,
    "WARC-Date: 2026-11-25T12:00:00Z",
    `WARC-Target-URI: https://example.org/pages/${number}`,
    "WARC-IP-Address: 192.0.2.1",
    `WARC-Block-Digest: sha1:${sha1(http, body)}`,
    `WARC-Payload-Digest: sha1:${sha1(body)}`,
    "Content-Type: application/http;msgtype=response",
    `Content-Length: ${http.length + body.length}`,
  ];
  return Buffer.concat([Buffer.from(`${head.join("\r\n")}\r\n\r\n`), http, body, Buffer.from("\r\n\r\n")]);
}

/** Of 2 to 14 thousand characters. */
function page(random: () => number): string {
  const length = 2000 + Math.floor(random() * 12_000);
  let text = "<!doctype html><html><head><title>A page</title></head><body>";
  while (text.length < length) text += `<p class="c${Math.floor(random() * 90)}">${sentence(random)}</p>\n`;
  return `${text}</body></html>`;
}

function sentence(random: () => number): string {
  return Array.from({ length: 12 }, () => Math.floor(random() ** 4 * 9_000).toString(36)).join(" ");
}

/** Mulberry32: numbers from 0 to 1 that are the same for the same seed. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
