import assert from "node:assert/strict";
import { test } from "node:test";
import { openSandbox } from "./sandbox.ts";

const head = `import { defineConfig, machine, object } from "fettle";\n`;

const broken: Readonly<Record<string, readonly [config: string, says: RegExp]>> = {
  "a syntax error": [`${head}export default defineConfig({ machines: [ );\n`, /fettle\.config\.ts:2: SyntaxError: .* \(BAD_CONFIG\)/],
  "TypeScript that cannot be stripped": [`${head}enum X { A }\nexport default defineConfig({});\n`, /fettle\.config\.ts:2: .*enum/],
  "an error it throws": [`${head}\nthrow new Error("no such host: db-1");\n`, /fettle\.config\.ts:3: no such host: db-1 \(BAD_CONFIG\)/],
  "a file that is not there": [`import { x } from "./machines/gone.ts";\nexport default x;\n`, /Cannot find module .*gone\.ts/],
  "a package that is not there": [
    `import x from "no-such-package-here";\nexport default x;\n`,
    /Cannot find package 'no-such-package-here'/,
  ],
  "no default export": [`export const config = {};\n`, /it has no default export \(BAD_CONFIG\)\nFix: Write export default/],
  "an unknown field": [`${head}export default defineConfig({ machine: [] });\n`, /fettle\.config\.ts:2: it has no field machine/],
  "a bad port": [`${head}export default defineConfig({ port: "4747" });\n`, /port is "4747", expected a whole number from 0 to 65535/],
  "a machine that was not called": [`${head}export default { machines: [() => 1] };\n`, /machines\[0\] is a function, expected a machine/],
  "a store that is no address": [
    `${head}export default defineConfig({ store: { url: "mysql://u:hush@h/d" } });\n`,
    /store\.url is not a postgres/,
  ],
  "a bad machine": [
    `${head}export default defineConfig({ machines: [machine({ name: "X", data: object({}), start: "a", transitions: { a: [] }, states: { async a(it) { return it.done(); } } })] });\n`,
    /fettle\.config\.ts:2: Cannot use the machine X: its name may hold/,
  ],
};

for (const [what, [config, says]] of Object.entries(broken)) {
  test(`a config with ${what} is told with its file, and ends with 2`, async () => {
    await using box = await openSandbox(config);
    const { code, stderr, stdout } = await box.fettle(["ls"]);
    assert.equal(code, 2, stderr);
    assert.match(stderr, /^Cannot load .*fettle\.config\.ts/);
    assert.match(stderr, says);
    assert.doesNotMatch(stderr, /hush/);
    assert.equal(stdout, "");
  });
}

test("no config at all names the way to one, and --help needs none", async () => {
  await using box = await openSandbox();
  const none = await box.fettle(["ls"]);
  assert.equal(none.code, 2);
  assert.match(none.stderr, /^Cannot find a fettle\.config\.ts in .*\nFix: .*fettle init\n$/);
  const named = await box.fettle(["ls", "--config", "gone.ts"]);
  assert.match(named.stderr, /gone\.ts: there is no such file/);
  const help = await box.fettle(["--help"]);
  assert.equal(help.code, 0);
  assert.match(help.stdout, /Exit codes: 0 done/);
});

test("a broken config does not take --help away, but takes the fleets' commands", async () => {
  await using box = await openSandbox("export default 7;\n");
  const help = await box.fettle(["--help"]);
  assert.equal(help.code, 0);
  assert.match(help.stderr, /The fleets' commands are missing here\. Cannot load/);
  assert.equal((await box.fettle(["pg", "ls"])).code, 2);
});
