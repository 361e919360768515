import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempDisposable } from "node:fs/promises";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { createServer as createSecureServer } from "node:tls";
import { gzipSync } from "node:zlib";
import { openFile } from "../../bytes/file.ts";
import type { Seen } from "../../dedupe/seen.ts";
import { checkDigestsNow } from "../../http/check-digests.ts";
import { messageKind } from "../../http/message-kind.ts";
import { checkFields } from "../../read/check-fields.ts";
import { readRecords } from "../../read/read-records.ts";
import { createFile } from "../../write/node/create-file.ts";
import { WarcWriter } from "../../write/warc-writer.ts";
import { recordExchange } from "../record-exchange.ts";
import { type Method, requestUrl } from "../request.ts";
import { fetchUrl } from "./fetch-url.ts";

/** What the server sends for a path, to the byte; it closes the connection only where that is said. */
type Answer = (socket: Socket, port: number) => void;

const gzipped = gzipSync("packed");
const answers: Readonly<Record<string, Answer>> = {
  "/length": (socket) =>
    socket.write("HTTP/1.1 200 OK\r\nX-Odd:  two  spaces \r\nContent-Length: 5\r\n\r\nhello, and what belongs to nothing"),
  "/chunked": (socket) => socket.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;x=y\r\nhello\r\n0\r\nTrailer: t\r\n\r\n"),
  "/gzip": (socket) => {
    socket.write(`HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: ${gzipped.length}\r\n\r\n`);
    socket.write(gzipped);
  },
  "/old": (socket) => socket.end("HTTP/1.0 200 OK\r\n\r\nto the end"),
  "/none": (socket) => socket.write("HTTP/1.1 204 No Content\r\nContent-Length: 7\r\n\r\n"),
  "/hints": (socket) => socket.write("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"),
  "/cut": (socket) => socket.end("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf"),
  "/cut-chunks": (socket) => socket.end("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel"),
  "/cut-head": (socket) => socket.end("HTTP/1.1 200 OK\r\nContent-"),
  "/slow": (socket) => socket.write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nslow"),
  "/huge": (socket) => {
    const piece = Buffer.alloc(65_536, "x");
    socket.write("HTTP/1.1 200 OK\r\n\r\n");
    const more = () => {
      while (socket.writable && socket.write(piece));
    };
    socket.on("drain", more);
    more();
  },
  "/to": (socket) => socket.write("HTTP/1.1 302 Found\r\nLocation: /length#part\r\nContent-Length: 0\r\n\r\n"),
  "/circle": (socket, port) => socket.write(`HTTP/1.1 301 Moved\r\nLocation: http://127.0.0.1:${port}/circle\r\nContent-Length: 0\r\n\r\n`),
  "/away": (socket) => socket.destroy(),
};

// Made for nobody, and trusted by nobody.
const key = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg7PusZPsXzoX7dSIF
1QZ/x/sBAPN/ATzq6kcG7NJLldWhRANCAASuXE64J6oOsP2lxjjMSFFO3SOYAgij
clQkC1ym44xkGklTQIWfHvmD475kli65OgzNvD5z15of9PwGgFF/wlEE
-----END PRIVATE KEY-----`;
const cert = `-----BEGIN CERTIFICATE-----
MIIBgDCCASWgAwIBAgIUTCQNZweJwZFjQJ1WOIKvp5QIArowCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyNTE3MzIzNVoYDzIxMjYxMTAx
MTczMjM1WjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAASuXE64J6oOsP2lxjjMSFFO3SOYAgijclQkC1ym44xkGklTQIWfHvmD
475kli65OgzNvD5z15of9PwGgFF/wlEEo1MwUTAdBgNVHQ4EFgQUItNdntJWwHWu
1EimJ7AS6IErMmQwHwYDVR0jBBgwFoAUItNdntJWwHWu1EimJ7AS6IErMmQwDwYD
VR0TAQH/BAUwAwEB/zAKBggqhkjOPQQDAgNJADBGAiEAj1wi9n6zzdZFPeTsYrJw
gjG4HhlR1qNoGUKtJw5mrPcCIQC930TFO2xwEzlOK8pI7jZ85UgfCj1WTmePLWk6
lPszMQ==
-----END CERTIFICATE-----`;

interface Read {
  readonly type: string;
  readonly targetUri: string;
  readonly block: string;
  readonly truncated: string | undefined;
  readonly get: (name: string) => string | undefined;
}

describe("the fetching of URLs", () => {
  let server: Server;
  let port = 0;
  before(async () => {
    server = createServer((socket) => {
      socket.on("error", () => undefined); // who has enough goes
      socket.once("data", (request) => {
        const path = /^\S+ (\S+)/.exec(request.toString("latin1"))?.[1] ?? "";
        answers[path]?.(socket, port);
      });
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    port = (server.address() as AddressInfo).port;
  });
  after(() => server.close());

  /** Fetches into an archive, and reads that; every record in it is sound. */
  async function record(
    path: string,
    options: { maxLength?: number; maxTime?: number; method?: Method; seen?: Seen } = {},
  ): Promise<readonly Read[]> {
    const { maxLength = 1e9, maxTime = 60_000, method = "GET", seen } = options;
    await using folder = await mkdtempDisposable(join(tmpdir(), "fetch-"));
    const writer = new WarcWriter({ name: "out", create: (name) => createFile(join(folder.path, name)) });
    for await (const done of fetchUrl(requestUrl(`http://127.0.0.1:${port}${path}`), method, { maxLength, maxTime })) {
      await using exchange = done;
      await recordExchange(writer, exchange, seen);
    }
    await writer.close();
    await using file = await openFile(join(folder.path, "out.warc.gz"));
    const read: Read[] = [];
    for await (const found of readRecords(file)) {
      const { type = "", targetUri = "", fields } = found;
      const pieces: Uint8Array[] = [];
      for await (const piece of found.block) pieces.push(piece);
      const block = Buffer.concat(pieces);
      await found.end();
      assert.deepEqual([...found.findings, ...checkFields(found)], []);
      const isElsewhere = type === "revisit";
      const checks = await checkDigestsNow(block, {
        block: fields.get("WARC-Block-Digest"),
        payload: fields.get("WARC-Payload-Digest"),
        message: messageKind(found),
        isElsewhere,
      });
      if (checks) assert.equal(checks.block.result, "ok");
      read.push({
        type,
        targetUri,
        block: block.toString("latin1"),
        truncated: fields.get("WARC-Truncated"),
        get: (name) => fields.get(name),
      });
    }
    return read.filter(({ type }) => type !== "warcinfo");
  }

  const responseTo = async (...args: Parameters<typeof record>) => (await record(...args))[0];

  test("request and response are kept to the byte, and name each other", async () => {
    const [response, request] = await record("/length");
    assert.equal(response?.block, "HTTP/1.1 200 OK\r\nX-Odd:  two  spaces \r\nContent-Length: 5\r\n\r\nhello");
    assert.match(request?.block ?? "", new RegExp(`^GET /length HTTP/1\\.1\r\nHost: 127\\.0\\.0\\.1:${port}\r\n`));
    assert.equal(response?.get("WARC-Concurrent-To"), request?.get("WARC-Record-ID"));
    assert.equal(request?.get("WARC-Concurrent-To"), response?.get("WARC-Record-ID"));
    assert.equal(response?.get("WARC-IP-Address"), "127.0.0.1");
    assert.equal(response?.truncated, undefined);
  });

  const whole: readonly (readonly [path: string, block: RegExp])[] = [
    ["/chunked", /\r\n\r\n5;x=y\r\nhello\r\n0\r\nTrailer: t\r\n\r\n$/],
    ["/gzip", /\r\n\r\n\x1f\x8b[\s\S]+$/],
    ["/old", /to the end$/],
    ["/none", /^HTTP\/1\.1 204 No Content\r\nContent-Length: 7\r\n\r\n$/],
    ["/hints", /^HTTP\/1\.1 200 OK\r\nContent-Length: 2\r\n\r\nok$/],
  ];
  for (const [path, block] of whole)
    test(`a response ends where it says, not with the connection: ${path}`, async () => {
      const response = await responseTo(path);
      assert.match(response?.block ?? "", block);
      assert.equal(response?.truncated, undefined);
    });

  test("of HEAD there is no body, whatever length is named", async () => {
    assert.match((await responseTo("/slow", { method: "HEAD" }))?.block ?? "", /\r\n\r\n$/);
  });

  for (const path of ["/cut", "/cut-chunks", "/cut-head"])
    test(`what a server does not finish is kept, and said to be cut: ${path}`, async () => {
      const response = await responseTo(path);
      assert.match(response?.block ?? "", /(half|hel|Content-)$/);
      assert.equal(response?.truncated, "disconnect");
    });

  test("what takes too long is cut there, and so is what is too long", async () => {
    const slow = await responseTo("/slow", { maxTime: 300 });
    assert.deepEqual([slow?.block.slice(-4), slow?.truncated], ["slow", "time"]);
    const huge = await responseTo("/huge", { maxLength: 3_000_000 });
    assert.deepEqual([huge?.block.length, huge?.truncated], [3_000_000 + "HTTP/1.1 200 OK\r\n\r\n".length, "length"]);
    assert.equal((await responseTo("/length", { maxLength: 5 }))?.truncated, undefined);
  });

  test("a redirect is followed, as records of its own, and never in circles", async () => {
    const uris = (read: readonly Read[]) => read.map(({ type, targetUri }) => [type, new URL(targetUri).pathname]);
    assert.deepEqual(uris(await record("/to")), [
      ["response", "/to"],
      ["request", "/to"],
      ["response", "/length"],
      ["request", "/length"],
    ]);
    assert.equal((await record("/circle")).length, 2);
  });

  test("a payload that has been seen becomes a revisit, which has the head and says of what", async () => {
    const digest = (await responseTo("/length"))?.get("WARC-Payload-Digest");
    const seen: Seen = {
      find: async (asked) => asked.map((one) => (one.digest === digest ? { url: "http://a/", date: "2020-01-01T00:00:00Z" } : undefined)),
    };
    const revisit = await responseTo("/length", { seen });
    assert.equal(revisit?.type, "revisit");
    assert.equal(revisit?.block, "HTTP/1.1 200 OK\r\nX-Odd:  two  spaces \r\nContent-Length: 5\r\n\r\n");
    assert.deepEqual(
      ["WARC-Profile", "WARC-Refers-To-Target-URI", "WARC-Refers-To-Date", "WARC-Payload-Digest"].map((name) => revisit?.get(name)),
      ["http://netpreserve.org/warc/1.1/revisit/identical-payload-digest", "http://a/", "2020-01-01T00:00:00Z", digest],
    );
    assert.equal((await responseTo("/chunked", { seen }))?.type, "revisit");
    assert.equal((await responseTo("/old", { seen }))?.type, "response");
  });

  test("a server that says nothing, or is not there, is an error and no record", async () => {
    await assert.rejects(record("/away"), { code: "NO_RESPONSE" });
    const closed = createServer().listen(0, "127.0.0.1");
    await once(closed, "listening");
    const url = `http://127.0.0.1:${(closed.address() as AddressInfo).port}/`;
    closed.close();
    await once(closed, "close");
    await assert.rejects(fetchUrl(requestUrl(url), "GET", { maxLength: 1, maxTime: 9000 }).next(), {
      code: "NO_RESPONSE",
      message: /ECONNREFUSED/,
    });
  });

  test("a certificate that nobody vouches for is refused", async () => {
    const secure = createSecureServer({ key, cert }, (socket) => socket.end("HTTP/1.1 200 OK\r\n\r\n")).listen(0, "127.0.0.1");
    await once(secure, "listening");
    const url = requestUrl(`https://localhost:${(secure.address() as AddressInfo).port}/`);
    try {
      await assert.rejects(fetchUrl(url, "GET", { maxLength: 1, maxTime: 9000 }).next(), {
        code: "NO_RESPONSE",
        message: /self-signed certificate/,
        fix: /certificate/,
      });
    } finally {
      secure.close();
    }
  });

  test("URLs with a password, or of no web, are refused", () => {
    assert.throws(() => requestUrl("ftp://a/"), { code: "BAD_URL" });
    assert.throws(
      () => requestUrl("https://a:secret@b/"),
      ({ message }: Error) => !message.includes("secret"),
    );
  });
});
