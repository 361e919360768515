import { type MessagePort, parentPort, workerData } from "node:worker_threads";
import { PGlite } from "@electric-sql/pglite";

/** The thread that PGlite runs in. Each port is a connection; statements of all ports queue in PGlite. */
export type Question = { readonly id: number; readonly text: string; readonly values?: readonly unknown[] } | { readonly listen: string };
/** What Postgres says of a statement that failed. */
interface Refusal {
  readonly message: string;
  readonly code?: string | undefined;
  readonly detail?: string | undefined;
  readonly hint?: string | undefined;
}
export type Answer =
  | { readonly id: number; readonly rows: unknown[] }
  | { readonly id: number; readonly error: Refusal }
  | { readonly channel: string; readonly payload: string };

const { folder } = workerData as { folder: string };
const database = PGlite.create(folder);
const listeners = new Map<string, Set<MessagePort>>();

parentPort?.on("message", (message: { port?: MessagePort; close?: true }) => {
  if (message.port) serve(message.port);
  if (message.close) void close();
});

async function close(): Promise<void> {
  await (await database).close();
  process.exit(0);
}

function serve(port: MessagePort): void {
  port.on("message", (question: Question) => {
    void ("listen" in question ? listen(port, question.listen) : answer(port, question));
  });
}

async function answer(port: MessagePort, question: Extract<Question, { id: number }>): Promise<void> {
  try {
    const postgres = await database;
    const rows = question.values
      ? (await postgres.query(question.text, [...question.values])).rows
      : ((await postgres.exec(question.text)).at(-1)?.rows ?? []);
    port.postMessage({ id: question.id, rows } satisfies Answer);
  } catch (error) {
    const { message, code, detail, hint } = error as Refusal;
    port.postMessage({ id: question.id, error: { message, code, detail, hint } } satisfies Answer);
  }
}

async function listen(port: MessagePort, channel: string): Promise<void> {
  const ports = listeners.get(channel);
  if (ports) return void ports.add(port);
  listeners.set(channel, new Set([port]));
  await (await database).listen(channel, (payload) => {
    for (const listener of listeners.get(channel) ?? []) listener.postMessage({ channel, payload } satisfies Answer);
  });
}
