import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { fixture } from "../../test/fixture.ts";
import { openPayload } from "../http/payload.ts";
import { readRecords } from "../read/read-records.ts";
import { urlsOfSrcset } from "./html-links.ts";
import { readLinks } from "./page-links.ts";

/** The links of a response, each as `where url`, and the body in pieces of so many bytes. */
async function find(mime: string, body: string, { url = "http://a.example/b/c", head = "", size = 1 << 20 } = {}): Promise<string[]> {
  const http = `HTTP/1.1 200 OK\r\nContent-Type: ${mime}\r\n${head}\r\n${body}`;
  const record = `WARC/1.1\r\nWARC-Type: response\r\nWARC-Target-URI: ${url}\r\nContent-Type: application/http\r\nContent-Length: ${Buffer.byteLength(http)}\r\n\r\n${http}\r\n\r\n`;
  async function* pieces() {
    const bytes = Buffer.from(record);
    for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
  }
  const found: string[] = [];
  for await (const opened of readRecords(pieces())) {
    const payload = await openPayload(opened);
    if (payload) for await (const link of readLinks(payload, url)) found.push(`${link.from} ${link.url}`);
  }
  return found;
}

const pages: readonly [what: string, mime: string, body: string, links: readonly string[]][] = [
  [
    "attributes",
    "text/html",
    '<a href=" x ">1</a><IMG SRC=y><form action="?q">',
    ["a@href http://a.example/b/x", "img@src http://a.example/b/y", "form@action http://a.example/b/c?q"],
  ],
  ["entities in them", "text/html", '<a href="/?a&amp;b=1&#38;c">', ["a@href http://a.example/?a&b=1&c"]],
  ["the first base", "text/html", '<base href="//d.example/e/"><base href="http://f/"><a href=g>', ["a@href http://d.example/e/g"]],
  [
    "a srcset",
    "text/html",
    '<img srcset="a.png 1x, b,c.png 2x">',
    ["img@srcset http://a.example/b/a.png", "img@srcset http://a.example/b/b,c.png"],
  ],
  ["a meta refresh", "text/html", "<meta http-equiv=Refresh content=\"0; URL='next'\">", ["meta refresh http://a.example/b/next"]],
  [
    "styles in elements and attributes",
    "text/html",
    '<style>@import "a.css"; b{background:url( c.png )}</style><p style="background:url(\'d.png\')">',
    ["style @import http://a.example/b/a.css", "style url() http://a.example/b/c.png", "p@style url() http://a.example/b/d.png"],
  ],
  [
    "nothing of scripts, comments, and what leads nowhere",
    "text/html",
    '<script>"<a href=x>"</script><!-- <a href=y> --><a href="#top"><a href="javascript:z()"><a href="data:,x"><a href="http://[">',
    [],
  ],
  [
    "a style sheet, with its escapes",
    "text/css",
    '@import url("a.css");@font-face{src:url(b\\ c.woff),url(data:font/woff;base64,AAAA)}p{background:url(\\64.png)}',
    ["css url() http://a.example/b/a.css", "css url() http://a.example/b/b%20c.woff", "css url() http://a.example/b/d.png"],
  ],
  [
    "a sitemap",
    "application/xml",
    '<urlset><url><loc>\n http://a/1?x&amp;y </loc><xhtml:link rel="alternate" href="http://a/de"/></url></urlset>',
    ["loc http://a/1?x&y", "xhtml:link@href http://a/de"],
  ],
  [
    "a feed",
    "application/rss+xml",
    '<rss><link>http://a/</link><item><link><![CDATA[http://a/2]]></link><enclosure url="3.mp3"/></item></rss>',
    ["link http://a/", "link http://a/2", "enclosure@url http://a.example/b/3.mp3"],
  ],
  ["nothing of an image", "image/png", '<a href="x">', []],
];

describe("the links of a document", () => {
  for (const [what, mime, body, links] of pages)
    test(`are those of ${what}, however it comes`, async () => {
      for (const size of [1 << 20, 1, 7]) assert.deepEqual(await find(mime, body, { size }), links);
    });

  test("are those of the HTTP header too", async () => {
    const head = 'location: /x\r\nLink: <y>; rel="next", <http://z/>\r\nLink: <w>;rel=stylesheet\r\nRefresh: 3;url=v\r\n';
    assert.deepEqual(await find("image/png", "", { head }), [
      "Location http://a.example/x",
      "Link: rel=next http://a.example/b/y",
      "Link http://z/",
      "Link: rel=stylesheet http://a.example/b/w",
      "Refresh http://a.example/b/v",
    ]);
  });

  test("of a robots.txt are its sitemaps", async () => {
    const body = "User-agent: *\nDisallow: /x\nsitemap: http://a/map.xml\r\nSitemap:/other.xml";
    for (const size of [1 << 20, 3])
      assert.deepEqual(await find("text/plain", body, { url: "http://a.example/robots.txt", size }), [
        "Sitemap http://a/map.xml",
        "Sitemap http://a.example/other.xml",
      ]);
    assert.deepEqual(await find("text/plain", body), []);
  });

  test("are found in an archive", async () => {
    for await (const record of readRecords(fixture("example.warc.gz"))) {
      const payload = await openPayload(record);
      const links: string[] = [];
      if (payload) for await (const { url } of readLinks(payload, "http://example.com/")) links.push(url);
      assert.deepEqual(links, payload ? ["http://www.iana.org/domains/example"] : []);
    }
  });

  test("are found soon where a document is made to hurt", async () => {
    const many = 60_000;
    const hostile: readonly [mime: string, body: string][] = [
      ["text/html", `<img srcset="${",".repeat(many)}"><img srcset="${"a ( ".repeat(many / 4)}">`],
      ["text/html", `<meta http-equiv=refresh content="${" ".repeat(many)}x">`],
      ["text/html", `<style>${"url(<".repeat(many)}</style>${"<style>".repeat(many)}`],
      ["text/css", "url(".repeat(5 * many)],
      ["text/css", `url("${"u".repeat(10 * many)}`],
      ["text/css", "@import ".repeat(3 * many)],
      ["application/xml", `<loc>${"<loc>x".repeat(many)}`],
    ];
    for (const [mime, body] of hostile)
      assert.ok(
        (await find(mime, body, { head: `Link: ${"<".repeat(many)}\r\nRefresh: ${" ".repeat(many)}x\r\n` })).length <= 2,
        body.slice(0, 40),
      );
  });
});

const srcsets: readonly [srcset: string, urls: readonly string[]][] = [
  ["a 1x,b 2x", ["a", "b"]],
  ["a, b", ["a", "b"]],
  ["a,b", ["a,b"]],
  [" , a 100w , b", ["a", "b"]],
  ["a f(x, y), b", ["a", "b"]],
  ["data:image/png;base64,AA== 1x, b", ["data:image/png;base64,AA==", "b"]],
  ["", []],
];

test("a srcset has the URLs that browsers see in it", () => {
  for (const [srcset, urls] of srcsets) assert.deepEqual(urlsOfSrcset(srcset), urls);
});
