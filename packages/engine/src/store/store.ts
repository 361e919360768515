import type { MessagePort } from "node:worker_threads";
import { FettleError } from "../error.ts";
import type { Ears } from "./listen.ts";
import type { Session } from "./session.ts";

/** A database that holds the schema `fettle`, at the version this code knows. */
export interface Store extends AsyncDisposable {
  readonly kind: "embedded" | "postgres";
  /** For reads and for what people do. */
  readonly reads: Session;
  /** A worker commits on these two connections and no others. */
  readonly lanes: readonly [Session, Session];
  /** Hears each NOTIFY on the channel. Reconnects by itself; what was missed meanwhile is found by polling. */
  listen(channel: string, ears: Ears): Promise<AsyncDisposable>;
  /** How a thread of this process opens a connection of its own. */
  address(): StoreAddress;
}

export type StoreAddress = { readonly kind: "postgres"; readonly url: string } | { readonly kind: "embedded"; readonly port: MessagePort };

export type StoreLocation = { readonly folder: string } | { readonly url: string };

/**
 * Opens a store and brings its schema up to date: Postgres 15 or later by `url`, or the embedded one in `folder`.
 * The embedded one survives the death of any process, but not of the machine's power: it never calls fsync.
 * Throws STORE_HELD (another process has the folder), STORE_AWAY, STORE_TOO_OLD, STORE_NOT_UTF8, SCHEMA_TOO_NEW.
 */
export async function openStore(where: StoreLocation): Promise<Store> {
  if ("url" in where) return (await import("./postgres.ts")).openPostgres(where.url);
  return (await import("./embedded.ts")).openEmbedded(where.folder);
}

/** True for the failures that end by themselves when the store is back. They spend no retries. */
export function isStoreAway(error: unknown): boolean {
  return error instanceof FettleError && error.code === "STORE_AWAY";
}
