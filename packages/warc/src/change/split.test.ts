import assert from "node:assert/strict";
import { test } from "node:test";
import { fixture } from "../../test/fixture.ts";
import { readRecords } from "../read/read-records.ts";
import { ArchiveSink } from "./archive-sink.ts";
import { type Limit, splitByHost, splitInTurn } from "./split.ts";

const plain = fixture("example.warc");

test("a part has so many records, and begins with a copy of the warcinfo that they are under", async () => {
  const parts = await split((open) => splitInTurn(plain, { kind: "records", count: 2 }, open, () => undefined));
  const all = await headsOf(plain);
  assert.deepEqual([...parts.keys()], ["00001", "00002", "00003"]);
  const [first, second, third] = await Promise.all([...parts.values()].map(headsOf));
  assert.deepEqual([first, second, third], [all.slice(0, 2), [all[1], ...all.slice(2, 4)], [all[1], ...all.slice(4)]]);
});

test("a part that is as large as it may be gets no further record", async () => {
  for (const bytes of [1, 700, 1500, 1e9]) {
    const parts = await split((open) => splitInTurn(plain, { kind: "size", bytes }, open, () => undefined));
    const sizes = [...parts.values()].map(({ length }) => length);
    assert.ok(
      sizes.slice(0, -1).every((size) => size >= bytes),
      `${sizes}`,
    );
    assert.equal(sizes.length === 1, bytes === 1e9);
    const [first = "", ...others] = (await Promise.all([...parts.values()].map(headsOf))).flat();
    assert.deepEqual([...new Set([first, ...others])], [...new Set(await headsOf(plain))]);
  }
});

test("each host has a part with all of its records, and what has no target goes where the record before it went", async () => {
  const hosts = Array.from({ length: 230 }, (_, index) => `host-${index % 115}.example`);
  const archive = Buffer.from(
    `${record("warcinfo", "")}${hosts.map((host) => record("resource", `http://${host}/`) + record("metadata", "")).join("")}${record("resource", "http://[::1]/")}`,
  );
  const parts = await split((open) => splitByHost(asRandomAccess(archive), open, () => undefined));
  assert.equal(parts.size, 116);
  assert.ok(parts.has("___1_"));
  for (const host of new Set(hosts)) {
    const types = (await headsOf(parts.get(host) ?? new Uint8Array(0))).map((head) => /WARC-Type: (.*)\r/.exec(head)?.[1]);
    assert.deepEqual(types, ["warcinfo", "resource", "metadata", "resource", "metadata"], host);
  }
});

test("the header of an ARC file heads each of its parts", async () => {
  const limit: Limit = { kind: "records", count: 1 };
  const parts = await split((open) => splitInTurn(fixture("example.arc.gz"), limit, open, () => undefined));
  const heads = await Promise.all([...parts.values()].map(headsOf));
  assert.deepEqual(
    heads.map(([head]) => head?.slice(0, 9)),
    ["filedesc:", "filedesc:"],
  );
});

test("a damaged archive is not split", async () => {
  const cut = plain.subarray(0, 3000);
  await assert.rejects(
    split((open) => splitInTurn(cut, { kind: "records", count: 1 }, open, () => undefined)),
    { code: "DAMAGED_ARCHIVE" },
  );
  await assert.rejects(
    split((open) => splitByHost(asRandomAccess(cut), open, () => undefined)),
    { code: "DAMAGED_ARCHIVE" },
  );
});

function record(type: string, uri: string): string {
  const target = uri === "" ? "" : `WARC-Target-URI: ${uri}\r\n`;
  return `WARC/1.1\r\nWARC-Type: ${type}\r\n${target}Content-Length: 2\r\n\r\nhi\r\n\r\n`;
}

function asRandomAccess(bytes: Uint8Array) {
  return { size: bytes.length, read: async (offset: number, length: number) => bytes.subarray(offset, offset + length) };
}

async function split(run: (open: Parameters<typeof splitByHost>[1]) => Promise<void>): Promise<ReadonlyMap<string, Uint8Array>> {
  const parts = new Map<string, Uint8Array>();
  let open = 0;
  await run(async (name) => {
    assert.ok(++open <= 100, "so many files may be open");
    const pieces: Uint8Array[] = [];
    const sink = new ArchiveSink({ write: async (bytes) => void pieces.push(bytes) }, { kind: "plain" });
    return {
      sink,
      async finish() {
        await sink.flush();
        open--;
        parts.set(name, Buffer.concat(pieces));
      },
    };
  });
  assert.equal(open, 0);
  return parts;
}

async function headsOf(archive: Uint8Array): Promise<string[]> {
  const heads: string[] = [];
  for await (const { head } of readRecords(archive)) heads.push(Buffer.from(head).toString("latin1"));
  return heads;
}
