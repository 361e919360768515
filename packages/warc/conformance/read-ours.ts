import type { Input } from "../src/bytes/input.ts";
import { concat } from "../src/bytes/stored-bytes.ts";
import type { ZstdDecoder } from "../src/bytes/zstd-decoder.ts";
import type { Finding } from "../src/finding.ts";
import { locateFinding } from "../src/http/block-finding.ts";
import { openMessage } from "../src/http/message.ts";
import { messageKind } from "../src/http/message-kind.ts";
import { checkFields } from "../src/read/check-fields.ts";
import { readRecords } from "../src/read/read-records.ts";
import type { ArchiveRecord } from "../src/read/record.ts";
import { verifyDigests } from "../src/read/verify-digests.ts";
import { byPlace } from "./by-place.ts";
import type { CorpusFinding, CorpusRecord } from "./corpus.ts";

/** What this library finds in a small archive, each finding once: its records, fields, digests and HTTP messages. */
export async function readOurs(
  input: Input,
  zstd?: ZstdDecoder,
): Promise<{ records: readonly CorpusRecord[]; findings: readonly CorpusFinding[] }> {
  const findings: Finding[] = [];
  const records: CorpusRecord[] = [];
  for await (const record of readRecords(input, { report: (finding) => findings.push(finding), ...(zstd && { zstd }) })) {
    const block = await gather(record.block);
    const { offset, plainOffset, type } = record;
    records.push({ offset, plainOffset, type: type ?? null, blockLength: block.length });
    await record.end();
    findings.push(...checkFields(record), ...(await readMessage(record, block)));
  }
  const told = new Map(
    findings.map(({ code, record = null, offset, plainOffset }) => [
      `${code} ${record} ${plainOffset}`,
      { code, record, offset, plainOffset },
    ]),
  );
  return { records, findings: [...told.values()].sort(byPlace) };
}

async function readMessage(record: ArchiveRecord, block: Uint8Array): Promise<readonly Finding[]> {
  const digests = await verifyDigests({ ...described(record), block: only(block) });
  const kind = block.length > 0 ? messageKind(record) : undefined;
  const message = kind && (await openMessage([block], kind));
  if (!message) return digests.findings;
  // The body of a revisit is in another record (6.7).
  if (record.type !== "revisit") await gather(message.decoded());
  return [...digests.findings, ...message.findings.map((found) => locateFinding(found, record))];
}

/** What is got from a record by its getters, which do not spread. */
function described(record: ArchiveRecord): ArchiveRecord {
  const { targetUri, id, date, contentType } = record;
  return { ...record, targetUri, id, date, contentType, end: () => record.end() };
}

async function* only(bytes: Uint8Array) {
  yield bytes;
}

async function gather(pieces: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for await (const piece of pieces) parts.push(piece);
  return concat(parts);
}
