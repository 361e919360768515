import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe } from "node:test";
import { openStore, type Store } from "../src/index.ts";
import { type PostgresServer, startPostgres } from "./postgres-server.ts";

/** Runs the same suite over every store. `open` gives a fresh store, which the test disposes. */
export function overEveryStore(name: string, suite: (open: () => Promise<Store>) => void): void {
  describe(`${name}, on the embedded store`, () => {
    const folders: string[] = [];
    after(async () => {
      for (const folder of folders) await rm(folder, { recursive: true, force: true });
    });
    const fresh = async () => {
      const folder = await mkdtemp(join(tmpdir(), "fettle-test-"));
      folders.push(folder);
      return folder;
    };
    // A new embedded store takes seconds, a copy of one that nothing was started in takes a tenth.
    let template: string;
    before(async () => {
      template = await fresh();
      await (await openStore({ folder: template }))[Symbol.asyncDispose]();
    });
    suite(async () => {
      const folder = await fresh();
      await cp(template, folder, { recursive: true });
      return openStore({ folder });
    });
  });

  describe(`${name}, on Postgres`, () => {
    let server: PostgresServer;
    before(async () => {
      server = await startPostgres();
    });
    after(async () => {
      await server[Symbol.asyncDispose]();
    });
    suite(async () => openStore({ url: await server.database() }));
  });
}

/** Waits for a condition; fails, saying which, after a minute, which no machine that works needs. */
export async function until(what: string, holds: () => Promise<boolean> | boolean, patience = 60_000): Promise<void> {
  const deadline = Date.now() + patience;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`Waited ${patience} ms in vain until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
