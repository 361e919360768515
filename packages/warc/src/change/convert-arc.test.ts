import assert from "node:assert/strict";
import { test } from "node:test";
import { fixture } from "../../test/fixture.ts";
import { sample, truths, withoutSamples } from "../../test/samples.ts";
import type { Finding } from "../finding.ts";
import { checkFields } from "../read/check-fields.ts";
import { readRecords } from "../read/read-records.ts";
import { verifyDigests } from "../read/verify-digests.ts";
import type { Version } from "../write/head.ts";
import { ArchiveSink } from "./archive-sink.ts";
import { convertArc } from "./convert-arc.ts";

const arcs = { "example.arc": fixture("example.arc"), "example.arc.gz": fixture("example.arc.gz") };
const block = "HTTP/1.0 200 OK\r\n\r\nhello";
const head = "filedesc://old.arc 0.0.0.0 20000101000000 text/plain 20\n1 0 Somebody\nURL I\n\n\n";
const arc = (line: string, content: string) => Buffer.from(`${head}${line} ${content.length}\n${content}\n`, "latin1");

test("every line and block of an ARC file can be had back from the WARC file that is made of it", async () => {
  const odd = [
    arc("http://a/ b\xe9\x85 1.2.3.4 20000101000000 text/html", block),
    arc("http://a/ 1.2.3.4 20000101000000 text/html; charset=x", block),
    arc("http://a/\t 0 2000010100000099 no-type", block),
  ];
  for (const bytes of [...Object.values(arcs), ...odd])
    assert.deepEqual(await linesAndBlocks(await convert(bytes)), await arcRecords(bytes));
});

test("what is made validates, in either version, and is the same each time", async () => {
  for (const version of ["1.0", "1.1"] as const)
    for (const [name, bytes] of Object.entries(arcs)) {
      const warc = await convert(bytes, version);
      assert.deepEqual(await findingsOf(warc), [], name);
      assert.ok(warc.equals(await convert(bytes, version)), name);
      assert.ok(warc.toString("latin1").startsWith(`WARC/${version}\r\n`));
    }
});

test("each record becomes of the type that its content has", async () => {
  const typesOf = async (line: string, content: string) => {
    const types: (string | undefined)[] = [];
    for await (const { type, contentType } of readRecords(await convert(arc(line, content)))) types.push(type, contentType);
    return types.slice(4);
  };
  assert.deepEqual(await typesOf("http://a/ 1.2.3.4 20000101000000 text/html", block), ["response", "application/http;msgtype=response"]);
  assert.deepEqual(await typesOf("http://a/ 1.2.3.4 20000101000000 text/html", "<html>"), ["resource", "text/html"]);
  assert.deepEqual(await typesOf("dns:a 1.2.3.4 20000101000000 text/dns", "20000101000000\na. 1 IN A 1.2.3.4"), ["resource", "text/dns"]);
  assert.deepEqual(await typesOf("ftp://a/ 1.2.3.4 20000101000000 no-type", "x"), ["resource", "application/octet-stream"]);
});

test("the warcinfo comes first, is named by all, and names the ARC file", async () => {
  const [info, filedesc, ...others] = await records(await convert(arcs["example.arc"]));
  assert.equal(info?.type, "warcinfo");
  assert.match(info?.block ?? "", /description: Converted from the ARC file live-web-example.arc.gz\r\n/);
  assert.deepEqual([filedesc?.type, filedesc?.contentType], ["metadata", "application/arc"]);
  for (const record of [filedesc, ...others]) assert.equal(record?.fields.get("WARC-Warcinfo-ID"), info?.id);
});

test("a date that is none becomes that of the record before, and is told", async () => {
  const told: Finding[] = [];
  const warc = await convert(arc("http://a/ 1.2.3.4 99999999999999 text/html", block), "1.1", told);
  assert.deepEqual(
    told.map(({ code }) => code),
    ["ARC_NO_DATE"],
  );
  assert.deepEqual(
    (await records(warc)).map(({ date }) => date),
    Array(3).fill("2000-01-01T00:00:00Z"),
  );
});

test("a record that is cut is kept, and says so", async () => {
  const told: Finding[] = [];
  const warc = await convert(arc("http://a/ 1.2.3.4 20000101000000 text/html", block).subarray(0, -4), "1.1", told);
  assert.deepEqual(
    told.map(({ code }) => code),
    ["RECORD_CUT"],
  );
  assert.equal((await records(warc)).at(-1)?.fields.get("WARC-Truncated"), "unspecified");
  assert.deepEqual(await findingsOf(warc), []);
});

test("what is damaged, and what is of WARC, is refused", async () => {
  const garbage = Buffer.concat([arc("http://a/ 1.2.3.4 20000101000000 text/html", block), Buffer.from("garbage\n")]);
  await assert.rejects(convert(garbage), { code: "DAMAGED_ARCHIVE" });
  await assert.rejects(convert(fixture("example.warc")), { code: "NOT_ARC" });
});

test("every ARC sample that is not damaged can be had back, and what is made of it is without errors", {
  skip: withoutSamples,
}, async () => {
  let converted = 0;
  for (const [file, { kind }] of truths()) {
    if (kind !== "arc") continue;
    const bytes = sample(file);
    const warc = await convert(bytes).catch((error: Error & { readonly code?: string }) => error);
    if (warc instanceof Error) assert.equal(warc.code, "DAMAGED_ARCHIVE", file);
    else {
      assert.deepEqual(await linesAndBlocks(warc), await arcRecords(bytes), file);
      assert.deepEqual(
        (await findingsOf(warc)).filter(({ severity }) => severity === "error"),
        [],
        file,
      );
      converted++;
    }
  }
  assert.ok(converted > 3, `${converted}`);
});

async function convert(bytes: Uint8Array, version: Version = "1.1", told: Finding[] = []): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  const sink = new ArchiveSink({ write: async (piece) => void parts.push(piece) }, { kind: "plain" });
  for await (const record of convertArc(bytes, { name: "x.arc", version, report: (finding) => told.push(finding) }))
    await sink.append(record);
  await sink.flush();
  return Buffer.concat(parts);
}

async function records(archive: Uint8Array) {
  const all = [];
  for await (const record of readRecords(archive)) {
    const parts: Uint8Array[] = [];
    for await (const bytes of record.block) parts.push(bytes);
    const { type, id, date, contentType, fields, head } = record;
    all.push({
      type,
      id,
      date,
      contentType,
      fields,
      head: Buffer.from(head).toString("latin1"),
      block: Buffer.concat(parts).toString("latin1"),
    });
  }
  return all;
}

async function arcRecords(archive: Uint8Array) {
  return (await records(archive)).map(({ head, block }) => [head, block]);
}

async function linesAndBlocks(warc: Uint8Array) {
  const [, ...others] = await records(warc);
  return others.map(({ fields, block }) => [`${JSON.parse(fields.get("ARC-Header-Line") ?? "")}\n`, block]);
}

async function findingsOf(warc: Uint8Array): Promise<Finding[]> {
  const found: Finding[] = [];
  for await (const record of readRecords(warc, { report: (finding) => found.push(finding) })) {
    found.push(...(await verifyDigests(record)).findings, ...checkFields(record));
    await record.end();
  }
  return found;
}
