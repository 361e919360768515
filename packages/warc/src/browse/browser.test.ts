import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { describe, test } from "node:test";
import { gzipSync } from "node:zlib";
import { fixture, fixtures } from "../../test/fixture.ts";
import type { RandomAccess } from "../bytes/input.ts";
import { Browser } from "./browser.ts";
import { fit } from "./cells.ts";
import { parseKeys } from "./keys.ts";
import { RecordList } from "./record-list.ts";

const size = { columns: 80, rows: 24 };
const patient = new AbortController().signal;

/** Bytes as a file, which counts how many have been read. */
function fileOf(bytes: Uint8Array): RandomAccess & { read: RandomAccess["read"]; reads: number } {
  const file = {
    size: bytes.length,
    reads: 0,
    async read(offset: number, length: number) {
      file.reads += Math.min(length, bytes.length - offset);
      return bytes.subarray(offset, offset + length);
    },
  };
  return file;
}

/** Presses keys, and gives the screen without its colours. */
async function screenAfter(browser: Browser, ...keys: readonly string[]): Promise<readonly string[]> {
  await browser.render(size, patient);
  for (const key of keys) {
    assert.ok(await browser.press(key, size));
    await browser.render(size, patient);
  }
  const { lines } = await browser.render(size, patient);
  return lines.map((line) => line.replace(/\x1b\[\dm/g, ""));
}

function records(count: number): Buffer {
  const each = Array.from(
    { length: count },
    (_, number) => `WARC/1.1\r\nWARC-Type: resource\r\nWARC-Target-URI: http://a/${number}\r\nContent-Length: 0\r\n\r\n\r\n\r\n`,
  );
  return Buffer.from(each.join(""));
}

describe("the view of an archive", () => {
  test("shows the records, each line as wide as the screen", async () => {
    await using browser = new Browser(fileOf(fixture("example.warc.gz")), "example.warc.gz");
    const lines = await screenAfter(browser);
    assert.equal(lines.length, 24);
    assert.ok(lines.every((line) => line.length === 80));
    assert.match(lines[0] ?? "", /^ example\.warc\.gz {2}6 records/);
    assert.match(lines[3] ?? "", /^ response {5}2017-03-06T04:02:06 +[\d.]+ k?B {2}http:\/\/example\.com\//);
  });

  test("Enter shows a record with its payload decoded, n the next one, Esc the list again", async () => {
    await using browser = new Browser(fileOf(fixture("example.warc.gz")), "x");
    const lines = await screenAfter(browser, "down", "down", "enter", "end");
    assert.match(lines.join("\n"), /<p><a href="http:\/\/www.iana.org\/domains\/example">More information/);
    assert.match((await screenAfter(browser, "n"))[2] ?? "", /^WARC-Type: request/);
    assert.match((await screenAfter(browser, "escape")).at(-1) ?? "", /^ 4 /);
  });

  test("/ leaves the records that have the words, in either case; Esc shows all again", async () => {
    await using browser = new Browser(fileOf(fixture("example.warc.gz")), "x");
    const lines = await screenAfter(browser, "/", ..."xREV", "escape", "/", ..."REVI", "enter");
    assert.match(lines[0] ?? "", /1 records with "REVI"/);
    assert.match(lines[1] ?? "", /^ revisit/);
    assert.match((await screenAfter(browser, "escape"))[0] ?? "", / 6 records/);
  });

  test("q ends it, and so does Ctrl-C where words are typed", async () => {
    await using browser = new Browser(fileOf(fixture("example.arc")), "x");
    assert.equal(await browser.press("q", size), false);
    await browser.press("/", size);
    assert.equal(await browser.press("q", size), true);
    assert.equal(await browser.press("interrupt", size), false);
  });
});

describe("the list of records", () => {
  test("reads no further than it is asked to", async () => {
    const file = fileOf(
      Buffer.concat([
        records(1000),
        Buffer.from("WARC/1.1\r\nWARC-Type: resource\r\nContent-Length: 8000000\r\n\r\n"),
        Buffer.alloc(8_000_000),
      ]),
    );
    await using list = new RecordList(file, "");
    await list.reach(30, patient);
    assert.equal(list.known, 30);
    assert.ok(file.reads <= 2 << 20, `${file.reads} bytes`);
  });

  test("forgets what has been left behind, and reads it again: also records that share a gzip member", async () => {
    for (const bytes of [records(9000), gzipSync(records(9000))]) {
      await using list = new RecordList(fileOf(bytes), "");
      await list.reach(Number.POSITIVE_INFINITY, patient);
      assert.equal(list.known, 9000);
      for (const from of [0, 250, 5000, 8990]) {
        const rows = await list.rows(from, 20);
        assert.deepEqual(
          rows.map(({ targetUri }) => targetUri),
          Array.from({ length: Math.min(20, 9000 - from) }, (_, index) => `http://a/${from + index}`),
        );
      }
    }
  });

  test("stops where nobody waits any more", async () => {
    await using list = new RecordList(fileOf(records(10)), "");
    await list.reach(10, AbortSignal.abort());
    assert.equal(list.known, 0);
  });
});

test("what an archive says cannot command the terminal, nor break the line", () => {
  assert.equal(fit("a\x1b[2J\u202eb\r\n", 10), "a·[2J·b·· ");
  assert.equal(fit("日本語", 5), "日本 ");
  assert.equal(fit("e\u0301x", 2), "e\u0301x");
});

test("keys that come at once are told apart", () => {
  assert.deepEqual(parseKeys("\x1b[Aj\x1b[6~\r\x1b\x01é"), ["up", "j", "pageDown", "enter", "escape", "é"]);
});

/** Of util-linux: runs a command in a terminal of its own. */
const lender = "script";
const withoutScript = spawnSync(lender, ["--version"]).status === 0 ? false : "There is no command script here, which lends a terminal";

describe("in a terminal", { skip: withoutScript }, () => {
  const command = `${process.execPath} ${join(import.meta.dirname, "../command/main.ts")} browse ${join(fixtures, "example.warc.gz")}`;

  for (const [how, end, code] of [
    ["q", (_pid: number, type: (key: string) => void) => type("q"), 0],
    ["SIGTERM", (pid: number) => process.kill(pid, "SIGTERM"), 143],
  ] as const)
    test(`the screen is given back after ${how}`, async () => {
      // `exec`, so that the process is the command's own; it tells which it is before it becomes it.
      const child = spawn(lender, ["-qec", `echo pid=$$; exec ${command}`, "/dev/null"], { stdio: ["pipe", "pipe", "inherit"] });
      let shown = "";
      let ending = false;
      child.stdout.setEncoding("utf8").on("data", (text: string) => {
        shown += text;
        if (ending || !shown.includes("q quit")) return;
        ending = true;
        end(Number(/pid=(\d+)/.exec(shown)?.[1]), (key) => child.stdin.write(key));
      });
      const [status] = await once(child, "close");
      assert.equal(status, code);
      assert.match(shown, /\x1b\[\?1049h\x1b\[\?25l/);
      assert.match(shown, /\x1b\[\?25h\x1b\[\?1049l\s*$/);
    });
});
