import assert from "node:assert/strict";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { rangeAccess } from "./http-ranges.ts";

const content = Buffer.from(Array.from({ length: 300_000 }, (_, index) => (index * 7) % 251));

test("a file on a server is read in parts, and short reads near each other in one", async () => {
  await using server = await serve((request, response) => sendRange(request, response));
  const file = await rangeAccess(server.url);
  assert.equal(file.size, content.length);
  assert.deepEqual(Buffer.from(await file.read(100, 50)), content.subarray(100, 150));
  assert.deepEqual(Buffer.from(await file.read(1000, 60)), content.subarray(1000, 1060));
  assert.deepEqual(Buffer.from(await file.read(65_000, 100_000)), content.subarray(65_000, 165_000));
  assert.deepEqual(Buffer.from(await file.read(299_990, 100)), content.subarray(299_990));
  assert.equal((await file.read(400_000, 10)).length, 0);
  assert.deepEqual(server.ranges, ["bytes=0-0", "bytes=0-65535", "bytes=65000-164999", "bytes=262144-299999"]);
});

test("a server without ranges is told, and not read to the end", async () => {
  await using server = await serve((_, response) => response.end(content));
  await assert.rejects(rangeAccess(server.url), { code: "NO_RANGES" });
});

test("an answer that is no file is told", async () => {
  await using server = await serve((_, response) => response.writeHead(404).end());
  await assert.rejects(rangeAccess(server.url), { code: "HTTP_REFUSED", message: /404/ });
});

test("a server that does not answer is told", async () => {
  let url = "";
  {
    await using server = await serve(() => undefined);
    url = server.url;
  }
  await assert.rejects(rangeAccess(url), { code: "HTTP_REFUSED" });
});

test("a file that is another one meanwhile is not mixed with the first", async () => {
  let tag = '"one"';
  await using server = await serve((request, response) => sendRange(request, response, tag));
  const file = await rangeAccess(server.url);
  await file.read(0, 10);
  tag = '"two"';
  await assert.rejects(file.read(200_000, 10), { code: "FILE_CHANGED" });
});

function sendRange(request: IncomingMessage, response: ServerResponse, tag = '"one"'): void {
  const [, first = "", last = ""] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? "") ?? [];
  const end = Math.min(Number(last), content.length - 1);
  response.writeHead(206, { "content-range": `bytes ${first}-${end}/${content.length}`, etag: tag });
  response.end(content.subarray(Number(first), end + 1));
}

async function serve(answer: (request: IncomingMessage, response: ServerResponse) => void) {
  const ranges: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    ranges.push(request.headers.range);
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/a.wacz`,
    ranges,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
