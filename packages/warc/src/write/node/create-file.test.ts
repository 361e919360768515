import assert from "node:assert/strict";
import { mkdtempDisposable, readdir, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { createFile } from "./create-file.ts";

test("a file appears when it is finished, and has its .open beside it until then", async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), "create-"));
  const path = join(folder.path, "a.warc");
  {
    await using file = await createFile(path);
    await file.write(Buffer.from("one two"));
    await file.truncate(4);
    await file.write(Buffer.from("three"));
    assert.deepEqual(await readdir(folder.path), ["a.warc.open"]);
    await file.finish();
  }
  assert.deepEqual(await readdir(folder.path), ["a.warc"]);
  assert.equal(await readFile(path, "utf8"), "one three");
});

test("a file that is not finished leaves nothing", async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), "create-"));
  const path = join(folder.path, "a.warc");
  await assert.rejects(async () => {
    await using file = await createFile(path);
    await file.write(Buffer.from("half"));
    throw new Error("stopped");
  }, /stopped/);
  assert.deepEqual(await readdir(folder.path), []);
});

test("a file that is there stays as it is, unless it is to be replaced", async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), "create-"));
  const path = join(folder.path, "a.warc");
  await writeFile(path, "old");
  await assert.rejects(createFile(path), { code: "FILE_EXISTS" });
  {
    await using file = await createFile(path, { force: true });
    await assert.rejects(createFile(path, { force: true }), { code: "FILE_OPEN" });
    assert.equal(await readFile(path, "utf8"), "old");
    await file.write(Buffer.from("new"));
    await file.finish();
  }
  assert.equal(await readFile(path, "utf8"), "new");
});

test("a file that has appeared meanwhile is not overwritten", async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), "create-"));
  const path = join(folder.path, "a.warc");
  {
    await using file = await createFile(path);
    await writeFile(path, "of another");
    await assert.rejects(file.finish(), { code: "FILE_EXISTS" });
  }
  assert.equal(await readFile(path, "utf8"), "of another");
  assert.deepEqual(await readdir(folder.path), ["a.warc"]);
});
