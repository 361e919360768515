import { setTimeout as sleep } from "node:timers/promises";
import { type Client, FettleError, type Store, type StoreLocation } from "@fettle/engine";
import type { Setup } from "../config/load.ts";
import { readUpFile } from "./up-file.ts";

/** Who has the embedded store and no address is a command, or a `fettle up` that starts or stops: it gets this many milliseconds. */
const patience = 15_000;

/**
 * The operations, from wherever the store can be had: a Postgres at once; the embedded store by HTTP while `fettle up` runs, else
 * by opening it here for as long as the command takes. Throws STORE_AWAY, STORE_HELD, STORE_TOO_OLD, STORE_NOT_UTF8, SCHEMA_TOO_NEW.
 */
export async function connect(setup: Setup): Promise<Client> {
  if ("url" in setup.store) return openHere(setup);
  return connectEmbedded(setup, setup.store.folder, Date.now() + patience);
}

/**
 * The same for a command that goes on for long: it never opens the embedded store itself, which would keep `fettle up` from starting.
 * Throws STORE_AWAY when no `fettle up` answers.
 */
export async function connectRunning(setup: Setup): Promise<Client> {
  if ("url" in setup.store) return openHere(setup);
  const running = await findUp(setup.store.folder);
  if (running) return running;
  throw new FettleError("STORE_AWAY", `Cannot reach fettle: no fettle up runs on ${setup.store.folder}`, { fix: "Start it: fettle up" });
}

async function connectEmbedded(setup: Setup, folder: string, until: number): Promise<Client> {
  const running = await findUp(folder);
  if (running) return running;
  try {
    return await openHere(setup);
  } catch (error) {
    if (!isHeld(error) || Date.now() > until) throw error;
  }
  await sleep(100);
  return connectEmbedded(setup, folder, until);
}

/** Opens the store for `fettle up`, which waits for a command to end, but not for another `fettle up`. Throws as `openStore` does. */
export async function openForUp(where: StoreLocation): Promise<Store> {
  const { openStore } = await import("@fettle/engine");
  const until = Date.now() + patience;
  for (;;) {
    try {
      return await openStore(where);
    } catch (error) {
      const isUp = "folder" in where && readUpFile(where.folder) !== undefined;
      if (!isHeld(error) || isUp || Date.now() > until) throw error;
    }
    await sleep(100);
  }
}

function isHeld(error: unknown): boolean {
  return error instanceof FettleError && error.code === "STORE_HELD";
}

/** A dead process's number may have gone to another one, and its port too: only an answer of the API is believed. */
async function findUp(folder: string): Promise<Client | undefined> {
  const address = readUpFile(folder);
  if (!address) return undefined;
  const { createHttpClient } = await import("./http-client.ts");
  const client = createHttpClient(address.url);
  try {
    await client.workers();
    return client;
  } catch (error) {
    if (error instanceof FettleError && error.code === "STORE_AWAY") return undefined;
    throw error;
  }
}

async function openHere(setup: Setup): Promise<Client> {
  const { createClient, openStore } = await import("@fettle/engine");
  const store = await openStore(setup.store);
  const client = createClient({ store, machines: setup.machines });
  return {
    ...client,
    async [Symbol.asyncDispose]() {
      await client[Symbol.asyncDispose]();
      await store[Symbol.asyncDispose]();
    },
  };
}
