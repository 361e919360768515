import { type ChildProcessByStdio, spawn } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";

/** `url` holds the password, which goes into a file in the folder: arguments are seen by everybody on the machine. */
export async function openLedger(url: string, folder: string): Promise<Ledger> {
  const password = /app:([^@]+)@/.exec(url)?.[1] ?? "";
  const passwords = `${folder}/pgpass`;
  await writeFile(passwords, `*:*:*:app:${password}\n`, { mode: 0o600 });
  return new Ledger(url.replace(`:${password}@`, "@"), passwords);
}

type Psql = ChildProcessByStdio<Writable, Readable, Readable>;

/**
 * A plain client of the address: psql as it is installed, which commits one numbered row after the other, one in flight. When its
 * connection is lost it dials again at once. A row in doubt is sent again: it is there already, or it is not.
 */
export class Ledger implements AsyncDisposable {
  /** When each number was acknowledged, in milliseconds since 1970; the first is number 1. */
  readonly acknowledged: number[] = [];
  readonly #url: string;
  readonly #environment: NodeJS.ProcessEnv;
  #running: Promise<void> | undefined;
  #psql: Psql | undefined;
  #isStopping = false;

  /** The address holds no password: `passwords` is the file that does. */
  constructor(url: string, passwords: string) {
    this.#url = url;
    this.#environment = { ...process.env, PGPASSFILE: passwords, PGCONNECT_TIMEOUT: "2" };
  }

  start(): void {
    this.#running = this.#run();
  }

  /** The longest time without an acknowledgement from the last one before `from` until `to`, in milliseconds. */
  longestGap(from: number, to: number): number {
    const before = this.acknowledged.findLast((at) => at <= from) ?? from;
    const instants = [before, ...this.acknowledged.filter((at) => at > from && at <= to)];
    return instants.slice(1).reduce((longest, at, index) => Math.max(longest, at - (instants[index] as number)), 0);
  }

  /** The acknowledged numbers that the server does not have. */
  async lost(): Promise<number[]> {
    const count = this.acknowledged.length;
    const found = new Set((await this.#ask("select number from ledger")).split("\n").map(Number));
    return Array.from({ length: count }, (_, index) => index + 1).filter((number) => !found.has(number));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isStopping = true;
    this.#psql?.kill("SIGKILL");
    await this.#running;
  }

  async #run(): Promise<void> {
    while (!this.#isStopping) {
      await this.#session();
      await sleep(20);
    }
  }

  /** One connection, until it is lost. */
  async #session(): Promise<void> {
    const psql = this.#spawn([]);
    this.#psql = psql;
    const ended = Promise.withResolvers<void>();
    psql.once("close", () => ended.resolve());
    psql.once("error", () => ended.resolve());
    // A torn pipe is the end of the session, which "close" tells.
    psql.stdin.on("error", () => undefined);
    psql.stderr.resume();
    createInterface({ input: psql.stdout }).on("line", (line) => {
      if (line !== `done ${this.acknowledged.length + 1}`) return;
      this.acknowledged.push(Date.now());
      setTimeout(() => this.#send(psql), 5);
    });
    psql.stdin.write("create table if not exists ledger (number bigint primary key);\n");
    this.#send(psql);
    await ended.promise;
  }

  #send(psql: Psql): void {
    if (this.#isStopping || !psql.stdin.writable) return;
    const number = this.acknowledged.length + 1;
    psql.stdin.write(`insert into ledger values (${number}) on conflict do nothing;\n\\echo done ${number}\n`);
  }

  async #ask(query: string): Promise<string> {
    for (let attempt = 1; ; attempt++) {
      const psql = this.#spawn(["-c", query]);
      psql.stdin.end();
      psql.stderr.resume();
      const closed = new Promise<number | null>((resolve) => psql.once("close", resolve));
      const text = (await psql.stdout.setEncoding("utf8").toArray()).join("");
      if ((await closed) === 0) return text.trim();
      if (attempt === 20) throw new Error("psql cannot read the ledger");
      await sleep(200);
    }
  }

  #spawn(args: readonly string[]): Psql {
    return spawn("psql", ["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", ...args, this.#url], { env: this.#environment, stdio: "pipe" });
  }
}
