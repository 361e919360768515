import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { catalogue } from "../src/commands/catalogue.ts";

const root = join(import.meta.dirname, "../../..");

test("the commands of a how-to are those that fettle has, with the flags that they take", async () => {
  for (const page of globSync("docs/how-to/*.md", { cwd: root })) {
    for (const [, name = "", rest = ""] of readFileSync(join(root, page), "utf8").matchAll(/^fettle ([a-z]+)(.*)$/gm)) {
      const command = await catalogue[name]?.();
      assert.ok(command, `${page}: there is no fettle ${name}`);
      const known = (command.options ?? []).flatMap(({ flags }) => flags.match(/--?[a-z-]+/g) ?? []);
      for (const flag of rest.replace(/'[^']*'/g, "").match(/(?<= )--?[a-z-]+/g) ?? []) {
        assert.ok(known.includes(flag), `${page}: fettle ${name} takes no ${flag}`);
      }
    }
  }
});
