import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { checkArrows } from "./arrows.ts";

const root = join(import.meta.dirname, "..");

const manifests = {
  "packages/engine/package.json": `{ "name": "@fettle/engine" }`,
  "packages/dashboard/package.json": `{ "name": "@fettle/dashboard" }`,
  "packages/fettle/package.json": `{ "name": "fettle" }`,
  "packages/warc/package.json": `{ "name": "@fettle/warc" }`,
  "fleets/postgres/package.json": `{ "name": "@fettle/postgres" }`,
  "fleets/scan/package.json": `{ "name": "@fettle/scan" }`,
};

/** What is said of a repository that holds these files. */
function said(files: Readonly<Record<string, string>>): readonly string[] {
  const folder = mkdtempSync(join(tmpdir(), "fettle-arrows-"));
  try {
    for (const [path, text] of Object.entries({ ...manifests, ...files })) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    return checkArrows(folder).broken;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test("a test may borrow the world of a package below, and of none above", () => {
  const world = { "packages/engine/test/world.ts": "export {};", "packages/dashboard/test/world.ts": "export {};" };
  assert.deepEqual(said({ ...world, "packages/dashboard/test/a.test.ts": `import "../../engine/test/world.ts";` }), []);
  assert.deepEqual(said({ ...world, "packages/engine/test/a.test.ts": `import "../../dashboard/test/world.ts";` }), [
    "packages/engine/test/a.test.ts:1 imports ../../dashboard/test/world.ts: packages/engine may import nothing of ours",
  ]);
});

test("a forbidden import is refused with its file, its line and the rule", () => {
  assert.deepEqual(said({ "packages/engine/src/a.ts": `// why\nimport { up } from "@fettle/dashboard";\nup();\n` }), [
    "packages/engine/src/a.ts:2 imports @fettle/dashboard: packages/engine may import nothing of ours",
  ]);
  assert.deepEqual(said({ "packages/dashboard/src/a.ts": `import "fettle";` }), [
    "packages/dashboard/src/a.ts:1 imports fettle: packages/dashboard may import packages/engine",
  ]);
  assert.deepEqual(said({ "packages/warc/src/a.ts": `import "@fettle/engine/testing";` }), [
    "packages/warc/src/a.ts:1 imports @fettle/engine/testing: packages/warc may import nothing of ours",
  ]);
});

test("no package and no other fleet imports a fleet, a test of theirs included", () => {
  const rule = "may import packages/engine";
  assert.deepEqual(
    said({
      "packages/fettle/src/a.test.ts": `import "@fettle/postgres";`,
      "fleets/scan/src/a.ts": `import "@fettle/postgres";`,
    }),
    [
      `fleets/scan/src/a.ts:1 imports @fettle/postgres: fleets/scan ${rule}`,
      `packages/fettle/src/a.test.ts:1 imports @fettle/postgres: packages/fettle ${rule} and packages/dashboard`,
    ],
  );
});

test("every way to write an import is seen", () => {
  const ways = [
    `import type { A } from "fettle";`,
    `export * from "fettle";`,
    `export type { A } from "fettle";`,
    `await import("fettle");`,
    `type A = import("fettle").A;`,
    `import.meta.resolve("fettle");`,
    `require("fettle");`,
  ];
  for (const way of ways) assert.equal(said({ "packages/engine/src/a.ts": way }).length, 1, way);
  assert.deepEqual(said({ "packages/engine/src/a.ts": `// import "fettle";\nconst text = 'import "fettle"';` }), []);
});

test("another package is not reached by a path", () => {
  const rule = "another package is imported by its name, never by a path into it";
  assert.deepEqual(
    said({ "packages/dashboard/src/a.ts": `import "../../engine/src/index.ts";`, "bench/b.ts": `import "../fleets/scan/src/x.ts";` }),
    [`bench/b.ts:1 imports ../fleets/scan/src/x.ts: ${rule}`, `packages/dashboard/src/a.ts:1 imports ../../engine/src/index.ts: ${rule}`],
  );
  assert.deepEqual(said({ "packages/engine/src/a.ts": `import "../../../script/x.ts";` }), [
    "packages/engine/src/a.ts:1 imports ../../../script/x.ts: a package imports nothing from the root's folders",
  ]);
});

test("inside the engine imports point down, and its tests are free", () => {
  const rule =
    "inside the engine imports point down: error.ts ← machine and policy ← client/client.ts and client/page.ts and client/request.ts and client/rollout.ts ← store ← rollout ← worker ← client ← the rest";
  const files = {
    "packages/engine/src/machine/a.ts": `import "../store/b.ts";\nimport "../error.ts";`,
    "packages/engine/src/store/b.ts": `import "../machine/a.ts";\nimport "../testing/c.ts";`,
    "packages/engine/src/error.ts": `import type { A } from "./machine/a.ts";`,
    "packages/engine/src/testing/c.ts": `import "../client/d.ts";\nimport "../worker/e.ts";`,
    "packages/engine/src/machine/a.test.ts": `import "../index.ts";`,
  };
  assert.deepEqual(said(files), [
    `packages/engine/src/error.ts:1 imports ./machine/a.ts: ${rule}`,
    `packages/engine/src/machine/a.ts:1 imports ../store/b.ts: ${rule}`,
    `packages/engine/src/store/b.ts:2 imports ../testing/c.ts: ${rule}`,
  ]);
});

test("a package that no row names is refused until it has one", () => {
  assert.deepEqual(said({ "packages/new/package.json": `{ "name": "new" }`, "packages/new/src/a.ts": `import "@fettle/engine";` }), [
    "packages/new/src/a.ts:1 imports @fettle/engine: packages/new is in no row of script/arrows.ts",
  ]);
});

test("this repository's modules are really read, and all point down", () => {
  const { checked, broken } = checkArrows(root);
  assert.ok(checked > 10, `only ${checked} modules were found`);
  assert.deepEqual(broken, []);
});
