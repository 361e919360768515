import type { MessagePort } from "node:worker_threads";
import type { Answer, Question } from "./pglite-thread.ts";
import { type Session, statementError } from "./session.ts";
import type { Store } from "./store.ts";

interface Waiting {
  resolve(rows: never): void;
  reject(error: unknown): void;
}

/** A session over a port to PGlite's thread. `died` rejects when the thread ends, and with it every statement in flight. */
export function portSession(port: MessagePort, died: Promise<never>): Session & Pick<Store, "listen"> {
  const waiting = new Map<number, Waiting>();
  const heard = new Map<string, Set<(payload: string) => void>>();
  let last = 0;
  let death: unknown;

  port.on("message", (answer: Answer) => {
    if ("channel" in answer) {
      for (const hear of heard.get(answer.channel) ?? []) hear(answer.payload);
      return;
    }
    const question = waiting.get(answer.id);
    waiting.delete(answer.id);
    if ("error" in answer) question?.reject(statementError(Object.assign(new Error(answer.error.message), answer.error)));
    else question?.resolve(answer.rows as never);
  });
  died.catch((error: unknown) => {
    death = error;
    for (const question of waiting.values()) question.reject(error);
    waiting.clear();
  });

  const query = <Row>(text: string, values?: readonly unknown[]): Promise<Row[]> => {
    if (death) return Promise.reject(death);
    const id = ++last;
    const rows = new Promise<Row[]>((resolve, reject) => waiting.set(id, { resolve, reject }));
    port.postMessage({ id, text, ...(values && { values }) } satisfies Question);
    return rows;
  };

  return {
    query,
    run: (statement, values) => query(statement.text, values),
    async listen(channel, { heard: hear }) {
      const hearers = heard.get(channel) ?? new Set();
      heard.set(channel, hearers.add(hear));
      port.postMessage({ listen: channel } satisfies Question);
      return { [Symbol.asyncDispose]: async () => void hearers.delete(hear) };
    },
  };
}
