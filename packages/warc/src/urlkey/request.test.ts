import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { readFixture } from "../../test/vectors.ts";
import { type KeyedRequest, queryOfRequest, urlOfRequest } from "./request.ts";
import { urlKey } from "./surt.ts";

interface RequestVector {
  readonly method: string;
  readonly url?: string;
  readonly contentType: string;
  readonly body: string | null;
  readonly bodyBase64?: string;
  readonly contentLength?: number | string;
  readonly expected?: string;
  readonly expectedUrl?: string;
  readonly disagreement?: string;
  readonly source: string;
}

describe("the key of a request that is no GET", () => {
  test("is what jwarc and cdxj-indexer give it", () => {
    for (const vector of readFixture<RequestVector[]>("request-body")) {
      if (vector.expected !== undefined) assert.equal(queryOfRequest(request(vector)), ours(vector, vector.expected), vector.source);
      if (vector.expectedUrl !== undefined) assert.equal(urlOfRequest(vector.url ?? "", request(vector)), vector.expectedUrl);
    }
  });

  test("names the fields of a multipart form, files too", () => {
    const body =
      '--b\r\nContent-Disposition: form-data; name="test"; filename="t"\r\n\r\nsome data\r\n--b\r\ncontent-disposition: form-data; name=x\r\n\r\nmore^\r\ndata\r\n--b--\r\n';
    const contentType = "multipart/form-data; boundary=b";
    assert.equal(queryOfRequest({ method: "POST", contentType, body: bytes(body) }), "__wb_method=POST&test=some+data&x=more%5E%0D%0Adata");
  });

  test("is the URL itself for a GET, and goes before a fragment", () => {
    const sent = { contentType: "text/plain", body: bytes("x") };
    assert.equal(urlOfRequest("http://a/#b", { ...sent, method: "GET" }), "http://a/#b");
    assert.equal(urlOfRequest("http://a/?#b", { ...sent, method: "POST" }), "http://a/?&__wb_method=POST&__wb_post_data=eA==");
  });

  test("sorts among the other parameters in an index", () => {
    const sent = { method: "POST", contentType: "application/x-www-form-urlencoded", body: bytes("data=^") };
    assert.equal(urlKey(urlOfRequest("http://httpbin.org/post?foo=bar", sent)), "org,httpbin)/post?__wb_method=post&data=^&foo=bar");
  });

  test("stays short and within ASCII, whatever is sent", () => {
    const types = fc.constantFrom(
      "application/json",
      "text/plain",
      "application/x-www-form-urlencoded",
      "multipart/form-data; boundary=-",
      "",
    );
    fc.assert(
      fc.property(types, fc.oneof(fc.uint8Array(), fc.json().map(bytes), fc.string().map(bytes)), (contentType, body) => {
        assert.match(queryOfRequest({ method: "POST", contentType, body }), /^__wb_method=POST[\x21-\x7e]*$/);
      }),
    );
    for (const piece of ["[", '{"a":', "--b\r\n", "%", "☃", "x"]) {
      const body = bytes(piece.repeat(100_000));
      for (const contentType of ["application/json", "text/plain", "application/x-www-form-urlencoded", "multipart/x; boundary=b"])
        assert.ok(queryOfRequest({ method: "POST", contentType, body }).length <= 4096);
    }
    const deep = bytes(`${"[".repeat(30_000)}{"a":1}${"]".repeat(30_000)}`);
    assert.equal(queryOfRequest({ method: "POST", contentType: "application/json", body: deep }), "__wb_method=POST&a=1");
  });
});

/** The one difference: JSON's own words and numbers, as the IIPC's specification and warcio.js have them, not those of Python. */
function ours(vector: RequestVector, expected: string): string {
  if (!vector.disagreement) return expected;
  return expected.replace("=True", "=true").replace("=False", "=false").replace("=None", "=null").replace("=44.0", "=44");
}

function request({ method, contentType, body, bodyBase64, contentLength }: RequestVector): KeyedRequest {
  const sent = bodyBase64 === undefined ? bytes(body ?? "") : Buffer.from(bodyBase64, "base64");
  const length = contentLength === undefined ? sent.length : Number(contentLength) || 0;
  return { method, contentType, body: sent.subarray(0, length) };
}

function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
