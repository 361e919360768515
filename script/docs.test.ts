import assert from "node:assert/strict";
import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";

const root = join(import.meta.dirname, "..");
const read = (path: string) => readFileSync(join(root, path), "utf8");
const find = (pattern: string) => globSync(pattern, { cwd: root, exclude: ["**/node_modules", "**/dist"] });

/** The codes that sources write, each once: SEVERAL_WORDS in quotes (not those of Node, nor the file PG_VERSION), or one word where an error or a finding is made. */
function codesIn(sources: readonly string[]): readonly string[] {
  const texts = sources.filter((file) => !file.endsWith(".test.ts")).map(read);
  const code = /"(?!ERR_|PG_)([A-Z]+(?:_[A-Z]+)+)"|(?:FettleError\(\s*|\{ code: )"([A-Z]+)"(?=, )/g;
  const found = texts.flatMap((text) => [...text.matchAll(code)]);
  return [...new Set(found.map((match) => match[1] ?? match[2] ?? ""))].sort();
}

const headingsIn = (page: string) => [...read(page).matchAll(/^## ([A-Z_]+)$/gm)].map((match) => match[1] ?? "");

/** Codes that the engine keeps for its users' handlers, and so writes as a type only. */
const kept = [...read("packages/engine/src/error.ts").matchAll(/^ {2}\| "([A-Z_]+)"$/gm)].map((match) => match[1] ?? "");

function assertSame(headings: readonly string[], codes: readonly string[]): void {
  const lacking = codes.filter((code) => !headings.includes(code));
  const orphaned = headings.filter((heading) => !codes.includes(heading));
  assert.deepEqual({ lacking, orphaned }, { lacking: [], orphaned: [] });
}

test("every error code of a package has a heading in the reference, and every heading a code", () => {
  const codes = [...new Set([...codesIn(find("packages/{engine,dashboard,fettle}/src/**/*.ts")), ...kept])].sort();
  assert.ok(codes.length > 20, `only ${codes.length} codes were found`);
  assertSame(headingsIn("docs/reference/errors.md"), codes);
});

test("every error code of a fleet has a heading in the fleet's errors.md or in the reference", () => {
  for (const fleet of find("fleets/*")) {
    const ours = new Set(headingsIn("docs/reference/errors.md"));
    const codes = codesIn(find(`${fleet}/src/**/*.ts`)).filter((code) => !ours.has(code));
    const page = `${fleet}/errors.md`;
    assertSame(existsSync(join(root, page)) ? headingsIn(page) : [], codes);
  }
});

test("every finding about an archive has its row in the reference, and every row a finding", () => {
  const rows = [...read("packages/warc/findings.md").matchAll(/^\| `([A-Z_]+)` \|/gm)].map((match) => match[1] ?? "");
  assert.deepEqual(rows, rows.toSorted());
  assertSame(rows, codesIn(find("packages/warc/src/**/*.ts")));
});

test("the headings of the errors are in alphabetical order", () => {
  for (const page of find("{docs/reference,fleets/*}/errors.md")) {
    const headings = headingsIn(page);
    assert.deepEqual(
      headings,
      headings.toSorted((a, b) => a.localeCompare(b, "en", { ignorePunctuation: true })),
      page,
    );
  }
});

test("the machine on the first page is one that compiles", () => {
  const shown = /```ts\n(.*?)```/s.exec(read("README.md"))?.[1];
  assert.ok(shown);
  assert.ok(read("examples/failover.ts").includes(shown), "README.md and examples/failover.ts differ");
});

for (const page of ["explanation/what-always-holds", "explanation/failure-matrix", "reference/cases"]) {
  test(`each test that ${page} names is there`, () => {
    const named = [...read(`docs/${page}.md`).matchAll(/\[([^\]]+)\]\(\.\.\/\.\.\/([^)]+\.test\.ts)\)/g)];
    assert.ok(named.length > 8, `only ${named.length} tests are named`);
    for (const [, name = "", file = ""] of named) assert.ok(read(file).includes(name), `${file} has no test "${name}"`);
  });
}
test("the code of a how-to is that of an example, which runs", () => {
  const bare = (text: string) => text.replace(/^ +/gm, "").trim();
  const examples = find("examples/*.ts").map((file) => bare(read(file)));
  for (const page of find("docs/how-to/*.md")) {
    const blocks = [...read(page).matchAll(/```ts\n(.*?)```/gs)].map((match) => bare(match[1] ?? ""));
    for (const block of blocks)
      assert.ok(
        examples.some((text) => text.includes(block)),
        `${page} shows what no example has: ${block}`,
      );
  }
});

test("every dependency has its reason in docs/decisions/dependencies.md", () => {
  const reasons = read("docs/decisions/dependencies.md");
  for (const manifest of ["package.json", ...find("{packages,fleets}/*/package.json")]) {
    const { dependencies = {}, devDependencies = {} } = JSON.parse(read(manifest)) as Record<string, object | undefined>;
    for (const name of Object.keys({ ...dependencies, ...devDependencies })) {
      const isOurs = name === "fettle" || name.startsWith("@fettle/");
      assert.ok(isOurs || reasons.includes(`\`${name}\``), `${manifest} depends on ${name}, for no reason given`);
    }
  }
});

test("a link inside the docs leads somewhere", () => {
  for (const page of find("{*,docs/**/*,packages/*/{*,docs/*,conformance/*},fleets/*/*,examples/*}.md")) {
    for (const [, target = ""] of read(page).matchAll(/\]\((?!https?:|#)([^)#]+)[^)]*\)/g)) {
      assert.ok(existsSync(join(root, dirname(page), target)), `${page} links to ${target}`);
    }
  }
});
