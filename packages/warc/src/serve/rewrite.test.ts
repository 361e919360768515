import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { LinkBase } from "./archived-url.ts";
import { CssRewriter } from "./rewrite-css.ts";
import { HtmlRewriter } from "./rewrite-html.ts";

const base: LinkBase = { timestamp: "20200102030405", url: "http://a.example/dir/page" };
const there = "/web/20200102030405/http://a.example";

function rewrite(Rewriter: typeof HtmlRewriter | typeof CssRewriter, text: string, pieces = text.length): string {
  const rewriter = new Rewriter(base);
  let out = "";
  for (let at = 0; at < text.length; at += pieces) out += rewriter.write(text.slice(at, at + pieces));
  return out + rewriter.end();
}

const html = (text: string, pieces?: number) => rewrite(HtmlRewriter, text, pieces);
const css = (text: string, pieces?: number) => rewrite(CssRewriter, text, pieces);

describe("links of archived pages", () => {
  const cases: readonly (readonly [what: string, before: string, after: string])[] = [
    ["relative", `<a href=b?x=1&amp;y>`, `<a href="${there}/dir/b?x=1&#38;y">`],
    ["absolute, of another host", `<IMG SRC='//b.example/i.png'>`, `<IMG SRC="/web/20200102030405/http://b.example/i.png">`],
    ["with bytes beyond ASCII", `<a href="/\xc3\xa9">`, `<a href="${there}/%C3%A9">`],
    [
      "of nothing that is loaded",
      `<a href="#x"><a href="mailto:a@b"><img src="data:,">`,
      `<a href="#x"><a href="mailto:a@b"><img src="data:,">`,
    ],
    ["in a list of images", `<img srcset="a.png 1x, b.png 2x">`, `<img srcset="${there}/dir/a.png 1x, ${there}/dir/b.png 2x">`],
    ["in a style", `<p style="background:url(x.png)">`, `<p style="background:url(${there}/dir/x.png)">`],
    ["in a style sheet of the page", `<style>a{b:url("/x")}</style><b>`, `<style>a{b:url("${there}/x")}</style><b>`],
    ["in a refresh", `<meta http-equiv=Refresh content="0; URL='/n'">`, `<meta http-equiv=Refresh content="0; URL=${there}/n">`],
    ["after a base", `<base href="/o/"><a href=x>`, `<base data-archived-href=""><a href="${there}/o/x">`],
    [
      "in scripts, comments and text",
      `<script>"<a href=x>"</script><!-- <a href=x> --> a<b href=`,
      `<script>"<a href=x>"</script><!-- <a href=x> --> a<b href=`,
    ],
    ["beside a hash", `<link href=x integrity="sha1-y">`, `<link href="${there}/dir/x" data-archived-integrity="">`],
    [
      "beside the page's own policy",
      `<meta http-equiv="content-security-policy" content="default-src x">`,
      `<meta http-equiv="content-security-policy" content="">`,
    ],
  ];
  for (const [what, before, after] of cases)
    test(`${what}: in one piece and byte by byte`, () => {
      assert.equal(html(before), after);
      assert.equal(html(before, 1), after);
    });

  test("a link cannot leave its attribute", () => {
    assert.equal(html(`<a href='x"onclick="y'>`), `<a href="${there}/dir/x%22onclick=%22y">`);
  });

  test("an empty comment hides nothing", () => {
    assert.match(html(`<!--><a href="/x">-->`), /web/);
  });
});

describe("links of style sheets", () => {
  const cases: readonly (readonly [before: string, after: string])[] = [
    [`a{b:url( 'x y.png' )}`, `a{b:url( '${there}/dir/x%20y.png' )}`],
    [`@import "m.css";@import url(n.css);`, `@import "${there}/dir/m.css";@import url(${there}/dir/n.css);`],
    [`a{b:url(data:image/png,x)} c{d:url(`, `a{b:url(data:image/png,x)} c{d:url(`],
  ];
  for (const [before, after] of cases)
    test(`${before}: in one piece and byte by byte`, () => {
      assert.equal(css(before), after);
      assert.equal(css(before, 1), after);
    });

  test("what never ends is passed on in time that grows with its length", () => {
    for (const hostile of ["url(", `url("`, "@import '", "url(x", "<a x='", "<a ", "<!--", "<style>url("]) {
      const text = hostile.repeat(300_000);
      assert.ok(css(text, 65_536).length >= text.length, hostile);
      assert.ok(html(text, 65_536).length >= text.length, hostile);
    }
  });
});
