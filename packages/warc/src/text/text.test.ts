import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { decodeText } from "./decode-text.ts";
import { VisibleText } from "./visible-text.ts";

function read(html: string, size = html.length): { title: string; lines: readonly string[] } {
  const text = new VisibleText();
  for (let at = 0; at < html.length; at += Math.max(1, size)) text.write(html.slice(at, at + Math.max(1, size)));
  text.end();
  return { title: text.title, lines: text.takeLines() };
}

const pages: readonly [what: string, html: string, lines: readonly string[]][] = [
  ["a line a block", "<p>one <b>two</b>\n three</p><div>four<br>five</div>six", ["one two three", "four", "five", "six"]],
  ["cells apart", "<table><tr><td>a<td>b</tr><tr><th>c</th><td>d</td></tr></table>", ["a b", "c d"]],
  ["entities, also without their semicolon", "a&amp;b &eacute;&#233;&#xe9; &copy 2020", ["a&b ééé © 2020"]],
  ["nothing of scripts, styles and comments", "a<script>if (a < b) c</script><style>p{}</style><!-- d --><!doctype e>f", ["af"]],
  ["nothing of the head, and the body of a page that does not close it", "<head><title>T</title><meta><body>text", ["text"]],
  ["text beside what is never closed", "<p>a<i>b<p>c</b></i>d", ["ab", "cd"]],
  ["hidden elements within each other", "<svg><svg>a</svg>b</svg>c", ["c"]],
  ["what is left of a tag that is cut", "a<b", ["a"]],
];

describe("the visible text of a page", () => {
  for (const [what, html, lines] of pages)
    test(`has ${what}, however it comes`, () => {
      for (const size of [html.length, 1, 3]) assert.deepEqual(read(html, size).lines, lines);
    });

  test("has its title apart", () => {
    assert.equal(read("<html><head><title> A\n  page &amp; more</title></head><body><title>B</title>").title, "A page & more");
  });

  test("is the same in whatever pieces a page comes", () => {
    const part = fc.constantFrom(
      "<p>",
      "</p>",
      "<a href='x'>",
      "text ",
      "&amp;",
      "&am",
      "<!--",
      "-->",
      "<script>",
      "</script>",
      "<",
      ">",
      '"',
      "<title>",
      "é",
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 30 }), fc.integer({ min: 1, max: 7 }), (parts, size) => {
        assert.deepEqual(read(parts.join(""), size), read(parts.join("")));
      }),
    );
  });

  test("ends, and soon, for pages that are made to hurt", () => {
    const many = 200_000;
    for (const html of [
      "<b>".repeat(many) + "</i>".repeat(many),
      `<a ${"x ".repeat(many)}>y`,
      `<!--${"x".repeat(3 * many)}`,
      `<a b="${"x".repeat(3 * many)}">y`,
      `<${"x".repeat(3 * many)}>y`,
    ])
      assert.ok(read(html, 65_536).lines.length <= 1);
  });
});

const encodings: readonly [what: string, bytes: Uint8Array, contentType: string | undefined, charset: string, text: string][] = [
  ["the HTTP header", Buffer.from("\xe9", "latin1"), "text/html; charset=ISO-8859-1", "windows-1252", "é"],
  ["a byte order mark before the header", Buffer.from("\ufeffé"), "text/html;charset=latin1", "utf-8", "é"],
  ["a mark of UTF-16", Buffer.from("\ufeffé", "utf16le"), undefined, "utf-16le", "é"],
  [
    "a meta element",
    Buffer.from('<meta charset="windows-1251">\xe9', "latin1"),
    "text/html",
    "windows-1251",
    '<meta charset="windows-1251">й',
  ],
  [
    "a meta element of the old form",
    Buffer.from('<meta http-equiv=a content="text/html; charset=shift_jis">', "latin1"),
    undefined,
    "shift_jis",
    '<meta http-equiv=a content="text/html; charset=shift_jis">',
  ],
  [
    "an XML declaration",
    Buffer.from('<?xml version="1.0" encoding="utf-8"?>é'),
    undefined,
    "utf-8",
    '<?xml version="1.0" encoding="utf-8"?>é',
  ],
  ["itself where a header names nothing that is known", Buffer.from("é"), "text/html; charset=klingon", "utf-8", "é"],
  ["what browsers take where it can be no UTF-8", Buffer.from("\xe9 \x80", "latin1"), undefined, "windows-1252", "é €"],
];

describe("the encoding of a text", () => {
  for (const [what, bytes, contentType, charset, text] of encodings)
    test(`is told by ${what}`, async () => {
      async function* pieces() {
        for (const byte of bytes) yield Uint8Array.of(byte);
      }
      const decoded = await decodeText(pieces(), contentType);
      let whole = "";
      for await (const piece of decoded.pieces) whole += piece;
      assert.deepEqual([decoded.charset, whole], [charset, text]);
    });
});
