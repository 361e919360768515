import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { stripVTControlCharacters } from "node:util";
import { catalogue } from "../src/commands/catalogue.ts";
import { config } from "./config.ts";
import { openStoredSandbox, type Sandbox, type Up, until } from "./sandbox.ts";

/** Every command once, in an order in which each finds what it needs, and what it ends with. */
const lines: readonly (readonly [line: string, code: number])[] = [
  // First: what has been started and waited for a minute, while nothing runs, is a fault that it finds.
  ["doctor", 0],
  ["init --dry-run elsewhere", 0],
  ["start heart a -l region=eu", 0],
  ['start heart b --input {"beats":1} --why because', 0],
  ["start heart c --dry-run", 0],
  ["ls", 0],
  ["ls -l region=eu state=beating", 0],
  ["show a", 0],
  ['signal a beat {"times":2} --why because', 0],
  ['signal a beat {"times":2} --why because --dry-run', 0],
  ["retry a --why because --dry-run", 0],
  ["retry a b --why because", 0],
  ["retry --stuck --why because", 0],
  ["move a still --why because --dry-run", 0],
  ["move b still --why because", 0],
  ["move a nowhere --why because", 3],
  ['edit a {"beats":7} --why because --dry-run', 0],
  ['edit a {"beats":7} --why because', 0],
  ['edit a {"beats":"x"} --why because', 2],
  ["cancel a --why because --dry-run", 0],
  ["pause a --for 1h --why because", 0],
  ["pause a --why because --dry-run", 0],
  ["pause --why because", 2],
  ["resume a --why because --dry-run", 0],
  ["resume a --why because", 0],
  ["resume a --why because", 3],
  ["mode observe -m heart -l region=eu --why because", 0],
  ["mode dream -m heart --why because", 2],
  ["silence -l region=eu --for 1h --hold --why because", 0],
  ["silence --all --why because", 2],
  ["rules", 0],
  ["rules --ended", 0],
  ["rules --end 999 --why because", 3],
  ["breaker", 0],
  ["breaker close heart --why because", 1],
  ['rollout start edit {"beats":3} -l region=eu --name first --why because', 0],
  ['rollout start edit {"beats":3} -l region=eu --why because --dry-run', 0],
  ["rollout start cancel -m heart --why because --yes --dry-run", 0],
  ["rollout start dance --all --why because", 2],
  ["rollout start retry --why because", 2],
  ["rollout start move -m heart --why because", 2],
  ["rollout", 0],
  ["rollout ls", 0],
  ["rollout show first", 0],
  ["rollout show nobody", 3],
  ["rollout go first --why because", 1],
  ["rollout go first --why because --dry-run", 0],
  ["retry -l region=eu --first 1 --gap 1s --halt-at 50% --why because", 0],
  ["retry -l region=eu --gap soon --why because", 2],
  ["retry -l region=eu --halt-at much --why because", 2],
  ["move nowhere -l region=eu --why because", 3],
  ["move still -l region=eu --why because --dry-run", 0],
  ["move still --all --why because", 2],
  ['edit {"beats":1} -l region=eu --why because', 0],
  ["edit -l region=eu --why because", 2],
  ['signal beat {"times":3} -l region=eu --why because', 0],
  ["signal a beat -l region=eu --why because", 2],
  ["cancel a -l region=eu --why because", 2],
  ["cancel -l region=nowhere --why because", 0],
  ["pause fettle/rollout/first --why because --dry-run", 0],
  ["approve a --why because --dry-run", 0],
  ["approve a --why because", 1],
  ["refuse a --why because", 1],
  ["history a", 0],
  ["pages", 0],
  ["pages --all", 0],
  ["diagram heart", 0],
  ["roles", 0],
  ["check", 0],
  ["ack 999", 3],
  ["show nobody", 3],
  ["ls --nonsense", 2],
];

function words(line: string): string[] {
  return line.split(" ");
}

async function assertEachIsJson(box: Sandbox, which = lines): Promise<void> {
  for (const [line, code] of which) {
    const ended = await box.fettle([...words(line), "--json"]);
    assert.equal(ended.code, code, `${line}: ${ended.stderr}`);
    assert.doesNotThrow(() => JSON.parse(ended.stdout), `${line}: ${ended.stdout}`);
  }
}

test("every command answers --json with JSON while nothing runs, opening the store by itself", async () => {
  await using box = await openStoredSandbox(config);
  // Opening the store takes a second: one line a command is enough here.
  const once = lines.filter(([line], index) => lines.findIndex(([other]) => words(other)[0] === words(line)[0]) === index);
  await assertEachIsJson(box, once);
});

describe("while fettle up runs", () => {
  let box: Sandbox;
  let up: Up;
  before(async () => {
    box = await openStoredSandbox(config);
    up = await box.up();
  });
  after(async () => {
    await up[Symbol.asyncDispose]();
    await box[Symbol.asyncDispose]();
  });

  test("every command answers --json with JSON, over HTTP", async () => {
    await assertEachIsJson(box);
    const tried = new Set(lines.map(([line]) => words(line)[0]));
    const inLines = ["up", "watch", "export"];
    assert.deepEqual(
      Object.keys(catalogue).filter((name) => !tried.has(name)),
      inLines,
    );
    const { stdout } = await box.fettle(["export", "--json"]);
    assert.equal(
      stdout
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line).key)
        .includes("a"),
      true,
    );
  });

  test("what is stuck is listed, shown, retried and acknowledged", async () => {
    for (const key of ["prod-7", "prod-8"]) {
      const started = await box.fettle(["start", "postgres/failover", key, "--input", `{"broken":true}`, "-l", "region=us"]);
      assert.equal(started.stdout, `Started postgres/failover ${key}, run 1\n`);
    }
    await until("both are stuck", async () => (await box.fettle(["ls", "--stuck", "-o", "name"])).stdout.split("\n").length === 3);
    const names = (await box.fettle(["ls", "--stuck", "-l", "region=us", "-o", "name"])).stdout.split("\n").toSorted();
    assert.deepEqual(names, ["", "postgres/failover/prod-7", "postgres/failover/prod-8"]);

    const row = (await box.fettle(["ls", "prod-7"])).stdout.slice(0, -1).split("\t");
    assert.deepEqual(row.toSpliced(3, 1), ["prod-7", "postgres/failover", "fencing", "stuck", "SSH_TIMEOUT", "", ""]);
    assert.match(row[3] ?? "", /^\d{4}-\d\d-\d\dT[\d:.]+Z$/);

    const shown = await box.onTerminal(["show", "postgres/failover/prod-7"]);
    assert.match(shown.stdout, /confirming → \[fencing\] → recovered/);
    assert.match(shown.stdout, /Check that prod-7\.eu is up, then: fettle retry prod-7/);

    const retried = await box.onTerminal(["retry", "--stuck", "-l", "region=us", "--gap", "1s", "--halt-at", "100%"], {
      prompt: "Why?",
      keys: "switch sw-4 is back\r",
    });
    assert.match(retried.stdout, /Would retry: 2 instances of postgres\/failover in fencing\r\nAs prod-[78], prod-[78]/);
    assert.match(retried.stdout, /Rollout (retry-\w{4}): retry for 2 instances, 1 first\r\nFollow it: fettle rollout show \1\. Stop it: /);
    assert.equal(retried.code, 0);
    await until("the reason is in history", async () => (await box.fettle(["history", "prod-8"])).stdout.includes("switch sw-4 is back"));

    const [page] = JSON.parse((await box.fettle(["pages", "--json"])).stdout);
    const acknowledged = await box.fettle(["ack", String(page.id), "--why", "on it"]);
    assert.match(acknowledged.stdout, /^Acknowledged \d+: /);
    const [after] = JSON.parse((await box.fettle(["pages", "--json"])).stdout);
    assert.equal(after.acknowledged.note, "on it");
  });

  test("without a reason nothing is done: an empty answer is 7, Ctrl-C is 130, and so is a pipe 7", async () => {
    await box.fettle(["start", "heart", "silent"]);
    const before = (await box.fettle(["history", "silent"])).stdout;
    const prompt = "Why?";
    assert.equal((await box.onTerminal(["retry", "silent"], { prompt, keys: "\r" })).code, 7);
    assert.equal((await box.onTerminal(["signal", "silent", "stop"], { prompt, keys: "\u0003" })).code, 130);
    assert.equal((await box.onTerminal(["retry", "silent"], { prompt, keys: "\u0004" })).code, 7);
    const piped = await box.fettle(["retry", "silent"]);
    assert.equal(piped.code, 7);
    assert.match(piped.stderr, /\(NO_ANSWER\)\nFix: Add --why "…"\n$/);
    assert.equal((await box.fettle(["history", "silent"])).stdout, before);
  });

  test("a terminal gets an aligned table that fits, a pipe gets bare rows", async () => {
    const key = "k".repeat(40);
    await box.fettle(["start", "heart", key]);
    const shown = stripVTControlCharacters((await box.onTerminal(["ls", key])).stdout).split("\r\n");
    assert.ok(shown.every((line) => line.length <= 100));
    assert.match(shown[0] ?? "", /^KEY +MACHINE +STATE +SINCE +NEXT +ERROR$/);
    assert.match(shown.join("\n"), /1 of [\d,]+ instances/);
    const { stdout, stderr } = await box.fettle(["ls", key]);
    assert.equal(stdout.split("\t").length, 8);
    assert.doesNotMatch(stdout, /KEY|\u001b/);
    assert.match(stderr, /1 of [\d,]+ instances/);
  });

  test("watch prints a line a transition in a pipe, and JSON lines with --json", async () => {
    for (const flags of [[], ["--json"]]) {
      const key = `watched${flags.length}`;
      await using watching = await box.spawn(["watch", key, ...flags]);
      await until("it watches", async () => watching.stderr() !== "");
      await box.fettle(["start", "postgres/failover", key]);
      await until("it has seen the end", async () => watching.stdout().split("\n").length === 5);
      const rows = watching.stdout().trimEnd().split("\n");
      const kinds = rows.map((row) => (flags.length > 0 ? JSON.parse(row).kind : row.split("\t")[4]));
      assert.deepEqual(kinds, ["started", "moved", "moved", "done"]);
      assert.equal((await watching.end("SIGINT")).code, 130);
    }
  });

  test("watch redraws in place on a terminal, until Ctrl-C", async () => {
    await box.fettle(["start", "heart", "drawn"]);
    const { code, stdout } = await box.onTerminal(["watch", "drawn"], { prompt: "Ctrl-C ends", keys: "\u0003" });
    assert.equal(code, 130);
    assert.match(stdout, /KEY.*drawn.*beating/s);
  });

  test("a name that is nearly right is told the right one", async () => {
    const near: readonly (readonly [words: readonly string[], code: number, fix: RegExp])[] = [
      [["lss"], 2, /Did you mean ls\?/],
      [["ls", "--lable", "a=b"], 2, /Did you mean --label\?/],
      [["start", "failover", "x"], 3, /Did you mean postgres\/failover\?/],
      [["diagram", "haert"], 3, /Did you mean heart\?/],
      [["show", "silnt"], 3, /silent/],
      [["ls", "state=beatin"], 3, /Did you mean beating\?/],
      [["ls", "-m", "hearts"], 3, /Did you mean heart\?/],
      [["signal", "silent", "stp", "--why", "x"], 3, /Did you mean stop\?/],
    ];
    for (const [args, code, fix] of near) {
      const ended = await box.fettle(args);
      assert.equal(ended.code, code, args.join(" "));
      assert.match(ended.stderr, /^Cannot .+ \([A-Z_]+\)\nFix: .+\n$/, args.join(" "));
      assert.match(ended.stderr, fix);
      assert.equal(ended.stdout, "");
    }
  });

  test("bad words end with 2 and do nothing", async () => {
    const bad = [
      ["start", "heart"],
      ["start", "heart", "x", "--input", "{"],
      ["start", "heart", "x", "--input", `{"beats":"many"}`],
      ["start", "heart", " x"],
      ["start", "heart", "x", "-l", "region"],
      ["signal", "silent", "beat", "{}", "--why", "x"],
      ["signal", "silent", "beat", "oops", "--why", "x"],
      ["ls", "color=red"],
      ["ls", "--limit", "0"],
      ["ls", "-o", "yaml"],
      ["retry"],
      ["retry", "silent", "--stuck"],
      ["ack", "first"],
      ["history"],
      ["up", "--port", "70000"],
    ];
    for (const args of bad) {
      const ended = await box.fettle(args);
      assert.equal(ended.code, 2, `${args.join(" ")}: ${ended.stderr}`);
      assert.match(ended.stderr, /^Cannot .+ \([A-Z_]+\)\nFix: .+\n$/, args.join(" "));
    }
    assert.equal((await box.fettle(["show", "x"])).code, 3);
  });

  test("a name that a shell or SQL would obey is only a name", async () => {
    const key = `'; rm -rf "$HOME" -- ; drop table x; \\`;
    assert.equal((await box.fettle(["start", "heart", key, "-l", `name=${key}`])).code, 0);
    const { stdout } = await box.fettle(["show", key, "--json"]);
    assert.deepEqual([JSON.parse(stdout).key, JSON.parse(stdout).labels], [key, { name: key }]);
  });
});
