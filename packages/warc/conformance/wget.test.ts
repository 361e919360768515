import assert from "node:assert/strict";
import { execFile, spawnSync } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { promisify } from "node:util";
import { readOurs } from "./read-ours.ts";

const noWget = spawnSync("wget", ["--version"]).status === 0 ? false : "SKIPPED: there is no wget: install it (apt install wget)";
if (noWget) process.stderr.write(`${noWget}\n`);

describe("what wget writes is read, and rightly faulted", { skip: noWget }, () => {
  let server: Server;
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "warc-wget-"));
    server = createServer((request, response) => {
      // Without a length a body goes in chunks.
      if (request.url === "/plain") response.setHeader("Content-Length", 5);
      response.write("hel");
      response.end("lo");
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  });
  after(async () => {
    server.closeAllConnections();
    server.close();
    await rm(folder, { recursive: true, force: true });
  });

  async function fetched(name: string, ...flags: readonly string[]) {
    const site = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const all = ["-q", "-P", folder, "--delete-after", `--warc-file=${join(folder, name)}`, ...flags, `${site}/plain`, `${site}/chunked`];
    await promisify(execFile)("wget", all, { timeout: 20_000 });
    const { records, findings } = await readOurs(
      await readFile(join(folder, `${name}.warc${flags.includes("--no-warc-compression") ? "" : ".gz"}`)),
    );
    return { types: records.map(({ type }) => type), codes: [...new Set(findings.map(({ code }) => code))].sort() };
  }

  test("in gzip: a payload digest over chunks is told", async () => {
    const { types, codes } = await fetched("site", "--warc-cdx");
    assert.deepEqual(types.slice(0, 5), ["warcinfo", "request", "response", "request", "response"]);
    assert.deepEqual(codes, ["ANGLED_TARGET_URI", "PAYLOAD_DIGEST_CONVENTION"]);
  });

  test("plain: the same", async () => {
    assert.deepEqual((await fetched("plain", "--no-warc-compression")).codes, ["ANGLED_TARGET_URI", "PAYLOAD_DIGEST_CONVENTION"]);
  });

  test("by --warc-dedup: what is there already becomes a revisit", async () => {
    await fetched("first", "--warc-cdx");
    const { types, codes } = await fetched("again", `--warc-dedup=${join(folder, "first.cdx")}`);
    assert.deepEqual(types.slice(0, 5), ["warcinfo", "request", "revisit", "request", "revisit"]);
    // It takes the digest of the whole answer, and then keeps no more of it than the head.
    assert.deepEqual(codes, ["ANGLED_TARGET_URI", "BAD_BLOCK_DIGEST"]);
  });
});
