import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { messageKind } from "./message-kind.ts";

describe("the kind of message that a block is", () => {
  for (const [type, contentType, targetUri, expected] of [
    ["response", "application/http; msgtype=response", "http://a/", "response"],
    ["request", "application/http;msgtype=request", "http://a/", "request"],
    ["request", "Application/HTTP", "http://a/", "request"],
    ["revisit", 'application/http; MsgType="response"', "http://a/", "response"],
    ["response", "application/http; msgtype=request", "http://a/", "response"],
    ["metadata", "application/http; msgtype=request", "http://a/", "request"],
    ["response", undefined, "https://a/", "response"],
    ["response", undefined, "dns:a", undefined],
    ["response", "text/dns", "dns:a", undefined],
    ["resource", undefined, "http://a/", undefined],
    ["metadata", "application/warc-fields", "http://a/", undefined],
    ["arc", "text/html", "http://a/", "response"],
    ["arc", "text/dns", "dns:a", undefined],
  ] as const)
    test(`${type} of ${contentType} at ${targetUri} is ${expected}`, () =>
      assert.equal(messageKind({ type, contentType, targetUri }), expected));
});
