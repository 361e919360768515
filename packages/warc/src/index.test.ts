import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import manifest from "../package.json" with { type: "json" };

const imported = /^(?:import|export) (?!type )[^;]*?from "([^"]+)"|import\("([^"]+)"\)/gm;
const choices: Readonly<Record<string, string | { readonly default: string }>> = manifest.imports;

test("a browser that loads the library needs nothing of Node", () => {
  const needed = new Map<string, string>();
  const files = [join(import.meta.dirname, "index.ts")];
  const seen = new Set<string>();
  for (let file = files.pop(); file !== undefined; file = files.pop()) {
    if (seen.has(file)) continue;
    seen.add(file);
    for (const [, from, lazily] of readFileSync(file, "utf8").matchAll(imported)) {
      const name = from ?? lazily ?? "";
      const choice = choices[name];
      if (choice) files.push(join(import.meta.dirname, "..", typeof choice === "string" ? choice : choice.default));
      else if (name.startsWith(".")) files.push(join(dirname(file), name));
      else
        needed.set(
          name
            .split("/")
            .slice(0, name.startsWith("@") ? 2 : 1)
            .join("/"),
          file,
        );
    }
  }
  assert.ok(seen.size > 100, `only ${seen.size} files`);
  assert.deepEqual([...needed.keys()].sort(), ["@noble/hashes", "htmlparser2"]);
});
