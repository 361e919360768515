import assert from "node:assert/strict";
import { mkdir, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { stripVTControlCharacters } from "node:util";
import { config } from "./config.ts";
import { openStoredSandbox, type Sandbox, type Up } from "./sandbox.ts";

/** Keeps what it was shown, and leaves the next of the texts that were laid out for it; with none left, what was there. */
const editor = `
  n=$(ls shown | wc -l)
  cp "$1" shown/$n
  if [ -e "left/$n" ]; then cp "left/$n" "$1"; fi
`;

/** Of the folder for temporary files: a name that a shell would obey is only a name. */
const scratch = "tmp $(false)";

/** What somebody else does meanwhile. */
const cancel = `
  import { readFileSync } from "node:fs";
  const { url } = JSON.parse(readFileSync("../.fettle/up.json", "utf8"));
  const instance = \`\${url}/api/v1/instances/heart/\${process.argv[2]}\`;
  const headers = { "content-type": "application/json" };
  await fetch(\`\${instance}/cancel\`, { method: "POST", headers, body: JSON.stringify({ by: "ana", why: "over" }) });
  while ((await (await fetch(instance)).json()).status !== "done");
`;

describe("fettle edit without a change, on a terminal, opens an editor", () => {
  let box: Sandbox;
  let up: Up;
  before(async () => {
    box = await openStoredSandbox(config);
    await box.write("editor.sh", editor);
    await box.write("cancel.ts", cancel);
    up = await box.up();
  });
  after(async () => {
    await up[Symbol.asyncDispose]();
    await box[Symbol.asyncDispose]();
  });

  /** Edits a new instance whose data is `{"beats":1}`. */
  async function edit(key: string, texts: readonly string[], words: readonly string[] = ["--why", "by hand"], command = "sh ../editor.sh") {
    const desk = join(box.folder, key);
    await mkdir(join(desk, "shown"), { recursive: true });
    await mkdir(join(desk, scratch));
    for (const [index, text] of texts.entries()) await box.write(`${key}/left/${index}`, text);
    assert.equal((await box.fettle(["start", "heart", key, "--input", `{"beats":1}`])).code, 0);
    const environment = { VISUAL: `cd ${key}; ${command}`, EDITOR: "false", TMPDIR: join(desk, scratch) };
    const { code, stdout } = await box.onTerminal(["edit", key, ...words], undefined, environment);
    const data = JSON.parse((await box.fettle(["show", key, "--json"])).stdout).data;
    const shown = await Promise.all(
      (await readdir(join(desk, "shown"))).toSorted().map((name) => readFile(join(desk, "shown", name), "utf8")),
    );
    const kept = (await readdir(join(desk, scratch))).filter((name) => name.startsWith("fettle-edit"));
    return { code, told: stdout.replaceAll("\r", ""), data, shown, kept };
  }

  test("which shows the data, and what is left differs from it is done", async () => {
    const { code, told, data, shown, kept } = await edit("one", [`// said\n{ "beats": 7 }`]);
    assert.equal(code, 0, told);
    assert.match(told, /^beats: 1 → 7$/m);
    assert.deepEqual(data, { beats: 7 });
    assert.deepEqual(shown.length, 1);
    assert.match(shown[0] ?? "", /^\/\/ The data of heart one, in beating\. .*\n\{\n {2}"beats": 1\n\}\n$/);
    assert.deepEqual(kept, []);
    assert.match((await box.fettle(["history", "one"])).stdout, /by hand/);
  });

  test("a field that is gone is taken out, and --dry-run does nothing", async () => {
    const dry = await edit("two", ["{}"], ["--dry-run"]);
    assert.deepEqual([dry.code, dry.data], [0, { beats: 1 }]);
    assert.match(dry.told, /^beats: 1 → absent$/m);
    assert.deepEqual((await edit("three", ["{}"])).data, {});
  });

  test("with no change, or nothing left, nothing is done", async () => {
    for (const [key, texts] of [
      ["four", []],
      ["five", [""]],
      ["six", [`{"beats":1}`]],
    ] as const) {
      const { code, told, data, kept } = await edit(key, texts);
      assert.equal(code, 0, told);
      assert.match(told, /^Nothing differs$/m);
      assert.deepEqual([data, kept], [{ beats: 1 }, []]);
      assert.doesNotMatch((await box.fettle(["history", key])).stdout, /by hand/);
    }
  });

  test("what is refused is opened again as it was left, with the reason on top", async () => {
    const { code, told, data, shown } = await edit("seven", [`{ "beats": }`, `{ "beats": "many" }`, `{ "beats": 3 }`]);
    assert.equal(code, 0, told);
    assert.deepEqual(data, { beats: 3 });
    assert.equal(shown.length, 3);
    assert.match(shown[1] ?? "", /^\/\/ The data.*\n\/\/ Cannot read it as JSON: .* \(NOT_JSON\)\n\/\/ Fix: .*\n\{ "beats": \}\n$/);
    assert.match(shown[2] ?? "", /^\/\/ The data.*\n\/\/ .*beats.* \(BAD_DATA\)\n\/\/ Fix: .*\n\{ "beats": "many" \}\n$/);
  });

  test("who gives up then is told the reason once more, as any other caller", async () => {
    const { code, told, data, kept } = await edit("eight", [`{ "beats": "many" }`]);
    assert.equal(code, 2);
    assert.match(told, /\(BAD_DATA\)/);
    assert.deepEqual([data, kept], [{ beats: 1 }, []]);
  });

  test("an editor that fails does nothing", async () => {
    const { code, told, data } = await edit("nine", [], undefined, "exit 3 #");
    assert.equal(code, 1);
    assert.match(stripVTControlCharacters(told), /ended with 3 \(EDITOR_FAILED\)/);
    assert.deepEqual(data, { beats: 1 });
  });

  test("what cannot be done for another reason is kept in its file", async () => {
    const { told, kept } = await edit("ten", [`{ "beats": 9 }`], undefined, "node ../cancel.ts ten; sh ../editor.sh");
    assert.match(told, /What you wrote is kept in .*data\.json/);
    assert.match(told, /\(NOT_RUNNING\)/);
    assert.equal(kept.length, 1);
  });

  test("a pipe is refused, and so is --json", async () => {
    const piped = await box.fettle(["edit", "one"]);
    assert.equal(piped.code, 2);
    assert.match(piped.stderr, /nothing to change was given/);
    assert.equal((await box.onTerminal(["edit", "one", "--json"])).code, 2);
  });
});
