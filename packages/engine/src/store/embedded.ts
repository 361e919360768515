import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { MessageChannel, type MessagePort, Worker } from "node:worker_threads";
import { holdFolder } from "./folder-lock.ts";
import { migrate } from "./migrate.ts";
import { portSession } from "./port-session.ts";
import { forgetWorkers } from "./register-worker.ts";
import { storeClosed } from "./session.ts";
import type { Store } from "./store.ts";

/**
 * PGlite in a thread of its own, since it blocks the event loop it runs in for as long as a query runs.
 * PGlite takes no lock on its folder: two processes that open one lose each other's rows, so the folder is held first.
 */
export async function openEmbedded(folder: string): Promise<Store> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const lock = holdFolder(folder);
  const thread = new Worker(new URL(import.meta.resolve("#pglite-thread")), {
    workerData: { folder: join(folder, "store") },
    // Flags that are for the script of the process must not reach the thread.
    execArgv: [],
  });
  const died = Promise.withResolvers<never>();
  died.promise.catch(() => "each statement is told by its session");
  thread.once("error", (error) => died.reject(storeClosed(error)));
  thread.once("exit", () => died.reject(storeClosed()));
  const connect = (): MessagePort => {
    const { port1, port2 } = new MessageChannel();
    thread.postMessage({ port: port2 }, [port2]);
    return port1;
  };
  const port = connect();
  const session = portSession(port, died.promise);
  const close = async () => {
    port.close();
    const exited = new Promise((resolve) => thread.once("exit", resolve));
    thread.postMessage({ close: true });
    await exited;
    lock[Symbol.dispose]();
  };
  try {
    await migrate(session);
    await forgetWorkers(session);
  } catch (error) {
    await close();
    throw error;
  }
  return {
    kind: "embedded",
    lanes: [session, session],
    reads: session,
    listen: session.listen,
    address: () => ({ kind: "embedded", port: connect() }),
    [Symbol.asyncDispose]: close,
  };
}
