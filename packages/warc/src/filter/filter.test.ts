import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { fixture } from "../../test/fixture.ts";
import { openMessage } from "../http/message.ts";
import { messageKind } from "../http/message-kind.ts";
import { readRecords } from "../read/read-records.ts";
import { parseFilter } from "./expression.ts";
import { longestValue, needsHttp, passes } from "./passes.ts";

/** The numbers of the records of a file that pass. */
async function select(file: string | Uint8Array, filter: string): Promise<number[]> {
  const expression = parseFilter(filter);
  const numbers: number[] = [];
  for await (const record of readRecords(typeof file === "string" ? fixture(file) : file)) {
    const kind = needsHttp(expression) ? messageKind(record) : undefined;
    if (passes(expression, record, kind && (await openMessage(record.block, kind)).head)) numbers.push(record.number);
  }
  return numbers;
}

/** warcinfo, warcinfo, response, request, revisit, request. */
const cases: readonly [filter: string, numbers: readonly number[]][] = [
  ['warc-type == "response"', [2]],
  ['WARC-Type != "warcinfo"', [2, 3, 4, 5]],
  [':status == 200 && http:content-type =~ "text/html.*"', [2, 4]],
  [':status == 200 && http:content-type =~ "text/ht"', []],
  [":status >= 200", [2, 4]],
  [":status < 300", [2, 4]],
  [':method == "GET"', [3, 5]],
  [':mime == "text/html"', [2, 4]],
  [':mime == "application/warc-fields"', [0, 1]],
  ["content-length > 500 && :length<=1000", [2]],
  ['warc-target-uri =~ "http://example\\.com/"', [2, 3, 4, 5]],
  ['warc-target-uri !~ ".*example.*"', [0, 1]],
  ['!warc-type == "request" && !(warc-type == "warcinfo")', [2, 4]],
  ['warc-type == "request" || warc-type == "response" && :status == 404', [3, 5]],
  ['(warc-type == "request" || warc-type == "response") && :status == 404', []],
  ['warc-nothing == ""', [0, 1, 2, 3, 4, 5]],
  ["warc-nothing < 5 || warc-nothing >= 5", []],
  ["warc-date > 5", []],
];

describe("a filter", () => {
  for (const [filter, numbers] of cases)
    test(filter, async () => {
      assert.deepEqual(await select("example.warc.gz", filter), numbers);
    });

  test("asks records of an ARC file by the names that a WARC has", async () => {
    assert.deepEqual(
      await select("example.arc", 'warc-target-uri == "http://example.com/" && :status == 200 && warc-date =~ "2014.*"'),
      [1],
    );
  });

  test("reads no HTTP message where it asks for none", () => {
    assert.equal(needsHttp(parseFilter('warc-type == "a" || !(content-length > 1 && warc-date =~ "2")')), false);
    assert.equal(needsHttp(parseFilter('warc-type == "a" || !(content-length > 1 && HTTP:date =~ "2")')), true);
  });

  test("tries patterns on the beginning of a value that is far too long", async () => {
    const value = "a".repeat(longestValue);
    const file = Buffer.from(`WARC/1.1\r\nWARC-Type: x\r\nX: ${value}b\r\nContent-Length: 0\r\n\r\n\r\n\r\n`);
    assert.deepEqual(await select(file, 'x =~ "a*"'), [0]);
    assert.deepEqual(await select(file, 'x =~ "a*b"'), []);
  });
});

const faults: readonly [filter: string, column: number, expected: RegExp][] = [
  ["", 1, /a field such as/],
  [":status = 200", 9, /a field, a sign or a text/],
  [":status 200", 9, /one of == !=/],
  [":stats == 200", 1, /one of :status, :method/],
  [":status == 200 &&", 18, /a field such as/],
  [":status == 200 :mime", 16, /&&, \|\| or the end/],
  ["warc-type =~ html", 14, /a pattern in double quotes/],
  ['warc-type =~ "("', 14, /a regular expression: .*Unterminated group/],
  ['warc-type == "a', 14, /a field, a sign or a text/],
  ['warc-type < "a"', 13, /a whole number/],
  ['warc-type && "a"', 11, /one of == !=/],
  ['(warc-type == "a"', 18, /expected \)/],
  ["(".repeat(200), 101, /no more than 100/],
  ["!".repeat(100_000), 101, /no more than 100/],
];

describe("a filter that cannot be read", () => {
  for (const [filter, column, expected] of faults)
    test(`${filter.slice(0, 30) || "nothing"} is told with its column`, () => {
      assert.throws(
        () => parseFilter(filter),
        (error: Error) => {
          assert.match(error.message, expected);
          assert.match(error.message, new RegExp(`at column ${column}:`));
          const lines = error.message.split("\n");
          assert.equal(lines[2]?.indexOf("^"), 2 + Math.min(column - 1, 60));
          return true;
        },
      );
    });
});
