import assert from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { deletePart } from "./delete-part.ts";

test("with a part go the modules that import it, and the lines that plug those in", () => {
  const root = mkdtempSync(join(tmpdir(), "fettle-delete-"));
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  try {
    write("packages/dashboard/package.json", `{ "name": "@fettle/dashboard" }`);
    write("packages/dashboard/src/index.ts", "export const serve = 1;");
    write("packages/fettle/package.json", `{ "name": "fettle" }`);
    write("packages/fettle/src/up.ts", `import { serve } from "@fettle/dashboard";\nserve;`);
    write(
      "packages/fettle/src/commands.ts",
      `export const commands = {\n  ls: () => import("./ls.ts"),\n  up: () => import("./up.ts"),\n};`,
    );
    assert.deepEqual(deletePart(root, "packages/dashboard"), ["packages/fettle/src/up.ts"]);
    assert.equal(existsSync(join(root, "packages/dashboard")), false);
    assert.equal(existsSync(join(root, "packages/fettle/src/up.ts")), false);
    const left = readFileSync(join(root, "packages/fettle/src/commands.ts"), "utf8");
    assert.equal(left, `export const commands = {\n  ls: () => import("./ls.ts"),\n\n};`);
  } finally {
    rmSync(root, { recursive: true });
  }
});
