import assert from "node:assert/strict";
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { existsSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { promisify } from "node:util";
import { copyTree } from "./tree.ts";

const run = promisify(execFile);
const published = ["packages/engine", "packages/dashboard", "packages/fettle", "packages/warc", "fleets/postgres"];
const folder = mkdtempSync(join(tmpdir(), "fettle-packed-"));
const project = join(folder, "project");
const tarballs = new Map<string, string>();
let tree = "";

before(async () => {
  tree = copyTree();
  for (const name of published) tarballs.set(name, await pack(name));
});
after(() => {
  for (const path of [folder, tree]) rmSync(path, { recursive: true, force: true });
});

async function pack(name: string): Promise<string> {
  const { stdout } = await run("npm", ["pack", "--json", "--pack-destination", folder], { cwd: join(tree, name) });
  const [packed] = Object.values(JSON.parse(stdout.slice(stdout.search(/^[[{]/m))) as { filename: string }[]);
  assert.ok(packed);
  return join(folder, packed.filename);
}

test("a tarball holds JavaScript, types, the licence and a README, and no source or test", async () => {
  for (const [name, tarball] of tarballs) {
    const { stdout } = await run("tar", ["tzf", tarball]);
    const files = stdout.trim().split("\n");
    for (const file of ["package/LICENSE", "package/README.md", "package/dist/index.js", "package/dist/index.d.ts"]) {
      assert.ok(files.includes(file), `${name} lacks ${file}`);
    }
    assert.deepEqual(
      files.filter((file) => /(?<!\.d)\.ts$|\.test\./.test(file)),
      [],
      name,
    );
  }
});

test("a link in a page of a tarball leads to a file in it", async () => {
  let checked = 0;
  for (const [name, tarball] of tarballs) {
    const unpacked = join(folder, "unpacked", name);
    mkdirSync(unpacked, { recursive: true });
    await run("tar", ["xzf", tarball, "-C", unpacked]);
    for (const page of globSync("**/*.md", { cwd: unpacked })) {
      const text = readFileSync(join(unpacked, page), "utf8");
      for (const [, target = ""] of text.matchAll(/\]\((?!https?:|#)([^)#]+)[^)]*\)/g)) {
        checked++;
        assert.ok(existsSync(join(unpacked, dirname(page), target)), `${name}: ${page} links to ${target}`);
      }
    }
  }
  assert.ok(checked > 10, `only ${checked} links were found`);
});

test("a manifest is as before after a pack, and after one that was killed half-way", async () => {
  const manifest = join(tree, "packages/engine/package.json");
  const original = readFileSync(join(import.meta.dirname, "../packages/engine/package.json"), "utf8");
  assert.equal(readFileSync(manifest, "utf8"), original);
  const script = (verb: string) => run("node", ["../../script/pack.ts", verb], { cwd: join(tree, "packages/engine") });
  await script("build");
  assert.notEqual(readFileSync(manifest, "utf8"), original);
  await pack("packages/engine");
  assert.equal(readFileSync(manifest, "utf8"), original);
});

test("installed into an empty folder, fettle init and fettle up work", async () => {
  mkdirSync(project);
  writeFileSync(join(project, "package.json"), JSON.stringify({ private: true, type: "module" }));
  await run("npm", ["install", "--no-audit", "--no-fund", ...tarballs.values()], { cwd: project });
  await run("npx", ["fettle", "init"], { cwd: project });
  const up = spawn("npx", ["fettle", "up", "--port", "0"], { cwd: project, stdio: ["ignore", "pipe", "pipe"] });
  const ended = new Promise<number | null>((resolve) => up.once("close", resolve));
  const said = listen(up);
  try {
    const { url, pid } = await addressOf(up, said);
    const answer = await fetch(url);
    assert.equal(answer.status, 200, said());
    assert.match(await answer.text(), /<title>.*fettle/);
    process.kill(pid, "SIGTERM");
    assert.equal(await ended, 0, said());
  } finally {
    up.kill("SIGKILL");
  }
});

test("the types of what is installed check a machine", async () => {
  const source = `import { machine } from "fettle";
    import { diagramText } from "@fettle/engine/diagram";
    import { testWorld } from "fettle/testing";
    export const now: Date = testWorld([]).now();
    export type Name = Parameters<typeof machine>[0]["name"];
    // @ts-expect-error: a machine has a name
    machine({});
    // @ts-expect-error: a table is no number
    diagramText(7);
  `;
  writeFileSync(join(project, "check.ts"), source);
  const types = ["--types", "node", "--typeRoots", join(tree, "node_modules/@types")];
  const options = ["--noEmit", "--strict", "--module", "nodenext", "--target", "es2024", "--ignoreConfig", "--skipLibCheck"];
  await run("tsc", [...options, ...types, "check.ts"], { cwd: project });
});

function listen(child: ChildProcess): () => string {
  let said = "";
  for (const stream of [child.stdout, child.stderr]) stream?.on("data", (chunk) => (said += chunk));
  return () => said;
}

/** Where `fettle up` says it serves. Throws with what it said when it ends instead. */
async function addressOf(up: ChildProcess, said: () => string): Promise<{ url: string; pid: number }> {
  const file = join(project, ".fettle", "up.json");
  while (!existsSync(file)) {
    if (up.exitCode !== null) throw new Error(`fettle up ended with ${up.exitCode}: ${said()}`);
    await delay(50);
  }
  return JSON.parse(readFileSync(file, "utf8"));
}

test("installed alone into an empty folder, warc lists and validates an archive", async () => {
  const alone = join(folder, "alone");
  mkdirSync(alone);
  writeFileSync(join(alone, "package.json"), "{}");
  await run("npm", ["install", "--no-audit", "--no-fund", tarballs.get("packages/warc") ?? ""], { cwd: alone });
  const head = "WARC/1.1\r\nWARC-Type: resource\r\nWARC-Record-ID: <urn:uuid:00000000-0000-4000-8000-000000000001>\r\n";
  const rest =
    "WARC-Date: 2026-11-25T12:00:00Z\r\nWARC-Target-URI: https://example.org/\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\nhi\r\n\r\n";
  writeFileSync(join(alone, "one.warc"), head + rest);
  const { stdout } = await run("npx", ["--no-install", "warc", "ls", "--json", "one.warc"], { cwd: alone });
  assert.equal(JSON.parse(stdout).targetUri, "https://example.org/");
  await run("npx", ["--no-install", "warc", "validate", "one.warc"], { cwd: alone });
});
