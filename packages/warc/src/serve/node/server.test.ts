import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { gzipSync } from "node:zlib";
import { fixtures } from "../../../test/fixture.ts";
import { type ReplayServer, startReplay } from "./server.ts";

interface Made {
  readonly type?: string;
  readonly uri: string;
  readonly date: string;
  readonly fields?: readonly string[];
  readonly http: string;
}

function record({ type = "response", uri, date, fields = [], http }: Made): Buffer {
  const head = ["WARC/1.1", `WARC-Type: ${type}`, `WARC-Target-URI: ${uri}`, `WARC-Date: ${date}`, ...fields];
  const block = Buffer.from(http, "latin1");
  return Buffer.concat([
    Buffer.from([...head, "Content-Type: application/http", `Content-Length: ${block.length}`, "", ""].join("\r\n")),
    block,
    Buffer.from("\r\n\r\n"),
  ]);
}

const html = (status: string, body: string, ...fields: string[]) =>
  [`HTTP/1.1 ${status}`, "Content-Type: text/html", ...fields, "", body].join("\r\n");

const made: readonly Made[] = [
  { uri: "http://m.example/", date: "2020-01-01T00:00:00Z", http: html("301 Moved", "", "Location: https://m.example/") },
  {
    uri: "https://m.example/",
    date: "2020-01-01T00:00:02Z",
    http: html(
      "200 OK",
      "<title>A &lt;b&gt; &mdash; c</title><a href=x>",
      "Set-Cookie: a=b",
      "Connection: close",
      "Content-Security-Policy: none",
    ),
  },
  {
    uri: "http://m.example/film",
    date: "2020-01-01T00:00:03Z",
    http: "HTTP/1.1 200 OK\r\nContent-Type: video/mp4\r\nContent-Length: 10\r\n\r\n0123456789",
  },
  {
    uri: "http://m.example/chunks",
    date: "2020-01-01T00:00:04Z",
    http: "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
  },
  {
    uri: "http://m.example/packed",
    date: "2020-01-01T00:00:05Z",
    http: `HTTP/1.1 200 OK\r\nContent-Type: text/css\r\nContent-Encoding: gzip\r\n\r\n${gzipSync("a{b:url(/i)}").toString("latin1")}`,
  },
  {
    type: "revisit",
    uri: "http://m.example/lost",
    date: "2020-01-01T00:00:06Z",
    fields: ["WARC-Payload-Digest: sha1:NOWHERE"],
    http: html("200 OK", ""),
  },
  ...Array.from(
    { length: 60 },
    (_, index): Made => ({
      uri: `http://n.example/${String(index).padStart(2, "0")}`,
      date: "2020-01-01T00:00:00Z",
      http: html("200 OK", "x"),
    }),
  ),
];

describe("the replay of archives", () => {
  let folder = "";
  let server: ReplayServer;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "warc-serve-test-"));
    const file = join(folder, "made.warc.gz");
    // All records in one gzip member, as some tools pack them.
    await writeFile(file, gzipSync(Buffer.concat(made.map(record))));
    server = await startReplay({
      files: [join(fixtures, "example.warc.gz"), join(fixtures, "example.arc"), file],
      folder,
      host: "127.0.0.1",
      port: 0,
    });
  });
  after(async () => {
    await server[Symbol.asyncDispose]();
    await rm(folder, { recursive: true });
  });

  const get = (path: string, headers: Record<string, string> = {}) => fetch(new URL(path, server.url), { headers, redirect: "manual" });

  test("a page is the capture nearest to the time asked for, and says which", async () => {
    const response = await get("/web/2017/http://example.com/");
    assert.equal(response.headers.get("Memento-Datetime"), "Mon, 06 Mar 2017 04:02:06 GMT");
    assert.match(response.headers.get("Link") ?? "", /^<http:\/\/example.com\/>; rel="original", /);
    const body = await response.text();
    assert.match(body, /<h1>Example Domain<\/h1>/);
    assert.match(body, /href="\/web\/20170306040206\/http:\/\/www.iana.org\/domains\/example"/);
  });

  test("raw is what the server sent: with its codings, without rewriting", async () => {
    assert.match(await (await get("/web/2017id_/http://example.com/")).text(), /href="http:\/\/www.iana.org\/domains\/example"/);
    const packed = await get("/web/2020id_/http://m.example/packed");
    assert.equal(packed.headers.get("Content-Encoding"), "gzip");
    assert.equal(await packed.text(), "a{b:url(/i)}");
  });

  test("a revisit is the page that it is the same as, at its own time; one whose original is elsewhere says so", async () => {
    const response = await get("/web/20170306040348/http://example.com/");
    assert.equal(response.headers.get("Memento-Datetime"), "Mon, 06 Mar 2017 04:03:48 GMT");
    assert.match(await response.text(), /<h1>Example Domain<\/h1>/);
    const lost = await get("/web/2020/http://m.example/lost");
    assert.equal(lost.status, 404);
    assert.match(await lost.text(), /The original is elsewhere/);
  });

  test("an ARC file is replayed too", async () => {
    assert.match(await (await get("/web/2014/http://example.com/")).text(), /<h1>Example Domain<\/h1>/);
  });

  test("a redirect to what has the same key is passed over, so that it does not lead in circles", async () => {
    const response = await get("/web/20200101000000/http://m.example/");
    assert.equal(response.status, 200);
    assert.equal(response.headers.get("Memento-Datetime"), "Wed, 01 Jan 2020 00:00:02 GMT");
  });

  test("archived pages are sandboxed, and nothing is passed on that was meant for others", async () => {
    const { headers } = await get("/web/2020/https://m.example/");
    assert.equal(headers.get("Set-Cookie"), null);
    const policy = headers.get("Content-Security-Policy") ?? "";
    assert.match(policy, /^sandbox allow-forms; default-src http:\/\/127\.0\.0\.1:\d+\/web\/ data:;.* script-src 'none'/);
    assert.ok(!policy.includes("allow-scripts"));
  });

  test("parts of a film are given", async () => {
    const part = await get("/web/2020/http://m.example/film", { Range: "bytes=2-4" });
    assert.equal(part.status, 206);
    assert.equal(part.headers.get("Content-Range"), "bytes 2-4/10");
    assert.equal(await part.text(), "234");
    const last = await get("/web/2020/http://m.example/film", { Range: "bytes=-3" });
    assert.equal(await last.text(), "789");
    assert.equal((await get("/web/2020/http://m.example/film", { Range: "bytes=10-" })).status, 416);
    assert.equal((await get("/web/2020/http://m.example/film")).headers.get("Accept-Ranges"), "bytes");
  });

  test("bodies are decoded, and style sheets lead into the archive", async () => {
    assert.equal(await (await get("/web/2020/http://m.example/chunks")).text(), "abc");
    assert.equal(await (await get("/web/2020/http://m.example/packed")).text(), "a{b:url(/web/20200101000005/http://m.example/i)}");
  });

  test("a timegate leads to the time that is accepted, a timemap lists all", async () => {
    const gate = await get("/web/http://example.com/", { "Accept-Datetime": "Mon, 06 Mar 2017 04:03:40 GMT" });
    assert.deepEqual([gate.status, gate.headers.get("Location")], [302, "/web/20170306040348/http://example.com/"]);
    const map = await (await get("/web/timemap/link/http://example.com/")).text();
    assert.equal(map.match(/rel="memento"/g)?.length, 3);
  });

  test("the list escapes what archives say, finds by the start of a URL and is given in parts", async () => {
    const all = await (await get("/?url=m.example")).text();
    assert.match(all, /A &#60;b&#62; — c/);
    const first = await (await get("/?url=http://n.example/")).text();
    assert.equal(first.match(/<tr><td>/g)?.length, 50);
    const next = /rel="next" href="([^"]+)"/.exec(first)?.[1]?.replaceAll("&#38;", "&") ?? "";
    const second = await (await get(next)).text();
    assert.equal(second.match(/<tr><td>/g)?.length, 10);
    assert.match(await (await get("/?url=%3Cb%3E")).text(), /No page begins with &#60;b&#62;/);
  });

  test("who calls the server by a foreign name is refused", async () => {
    const { port } = new URL(server.url);
    const status = (host: string) =>
      new Promise((resolve, reject) => {
        const asked = request({ port, headers: { Host: host } }, (response) => resolve(response.resume().statusCode));
        asked.on("error", reject).end();
      });
    assert.equal(await status("evil.example"), 421);
    assert.equal(await status(`localhost:${port}`), 200);
    assert.equal(await status(`[::1]:${port}`), 200);
  });

  test("nothing but reading is allowed", async () => {
    assert.equal((await fetch(server.url, { method: "POST", body: "x" })).status, 405);
    const head = await fetch(new URL("/web/2020/http://m.example/film", server.url), { method: "HEAD" });
    assert.equal(head.headers.get("Content-Length"), "10");
  });
});
