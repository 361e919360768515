import { randomUUID } from "node:crypto";
import pg from "pg";
import { FettleError } from "../error.ts";
import type { Session } from "./session.ts";

/** What comes of listening to a channel. */
export interface Ears {
  /** The payload of each NOTIFY; empty after a connection was opened anew, when some may have been missed. */
  heard(payload: string): void;
  /** A notification did not come through, as behind a pooler that lends connections out by the transaction. Called once. */
  deaf(): void;
}

/** How long a notification may take before it is thought to be swallowed. */
const patience = 5000;

/**
 * Listens on a connection of its own, opened again whenever it is lost, and tries by `sender` whether notifications come through.
 * Asking Postgres tells nothing: a pooler takes LISTEN, and may answer `pg_listening_channels()` on the very connection that listens.
 * Throws STORE_AWAY when it cannot begin.
 */
export async function listen(settings: pg.ClientConfig, channel: string, sender: Session, ears: Ears): Promise<AsyncDisposable> {
  let client: pg.Client | undefined;
  let closed = false;
  let isKnown = false;
  let timer: NodeJS.Timeout | undefined;

  const connect = async () => {
    const fresh = new pg.Client(settings);
    const nonce = randomUUID();
    const lost = () => {
      if (closed || client !== fresh) return;
      client = undefined;
      later(500);
    };
    fresh.on("error", lost);
    fresh.on("end", lost);
    fresh.on("notification", ({ payload = "" }) => {
      if (payload === nonce) isKnown = true;
      else ears.heard(payload);
    });
    client = fresh;
    try {
      await fresh.connect();
      await fresh.query(`listen ${pg.escapeIdentifier(channel)}`);
      ears.heard("");
      if (!isKnown) await tryOut(nonce);
    } catch (error) {
      client = undefined;
      await fresh.end();
      throw error;
    }
  };
  const tryOut = async (nonce: string) => {
    await sender.query("select pg_notify($1, $2)", [channel, nonce]);
    timer = setTimeout(() => {
      if (isKnown) return;
      isKnown = true;
      ears.deaf();
    }, patience);
  };
  const later = (ms: number) => {
    clearTimeout(timer);
    if (closed) return;
    timer = setTimeout(() => {
      // Said by the statements of the worker, which fail for the same reason.
      connect().catch(() => later(1000));
    }, ms);
  };
  const close = async () => {
    closed = true;
    clearTimeout(timer);
    await client?.end();
  };

  try {
    await connect();
  } catch (cause) {
    await close();
    throw new FettleError("STORE_AWAY", "Cannot listen for notifications of the store", { cause });
  }
  return { [Symbol.asyncDispose]: close };
}
