import { Socket } from "node:net";
import { Client } from "pg";
import { Silence } from "./trouble.ts";

export interface Address {
  readonly host: string;
  readonly port: number;
}

export interface Login {
  readonly user: string;
  readonly password: string;
  readonly database: string;
}

/** One connection. Every wait on it has an end, after which the connection is cut: a frozen server never answers by itself. */
export class Session implements AsyncDisposable {
  isOpen = true;
  readonly #client: Client;
  readonly #socket: Socket;

  private constructor(client: Client, socket: Socket) {
    this.#client = client;
    this.#socket = socket;
    this.onClose(() => {
      this.isOpen = false;
    });
    // Whoever asks next hears of it; the event would end the process.
    client.on("error", () => {});
  }

  /** Throws what `troubleOf` reads. */
  static async open(address: Address, login: Login, ms: number): Promise<Session> {
    const socket = new Socket();
    const client = new Client({ ...address, ...login, application_name: "fettle", stream: () => socket, keepAlive: true });
    const session = new Session(client, socket);
    await session.#within(ms, client.connect());
    return session;
  }

  async query<Row extends object = Record<string, unknown>>(text: string, values: readonly unknown[] = [], ms = 5_000): Promise<Row[]> {
    this.#socket.ref();
    const { rows } = await this.#within(ms, this.#client.query<Row>(text, [...values]));
    return rows;
  }

  /** Calls when the connection is gone, whoever ended it. */
  onClose(listener: () => void): void {
    this.#socket.once("close", listener);
  }

  /** An idle connection must not keep a process alive that has nothing else to do. */
  rest(): void {
    this.#socket.unref();
  }

  cut(): void {
    this.#socket.destroy();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.isOpen) return;
    const goodbye = setTimeout(() => this.cut(), 500);
    await this.#client.end().catch(() => this.cut());
    clearTimeout(goodbye);
  }

  async #within<Value>(ms: number, answer: Promise<Value>): Promise<Value> {
    const { promise: late, reject } = Promise.withResolvers<never>();
    const timer = setTimeout(() => reject(new Silence(ms)), ms);
    try {
      return await Promise.race([answer, late]);
    } catch (error) {
      if (error instanceof Silence || !this.#isUsable(error)) this.cut();
      // The answer that comes after the cut is of no use to anybody.
      answer.catch(() => {});
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  /** An error of one statement leaves the connection as it was; class 57P0x and everything that is not an answer ends it. */
  #isUsable(error: unknown): boolean {
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    return /^[0-9A-Z]{5}$/.test(code) && !code.startsWith("57P0") && !code.startsWith("28") && !code.startsWith("08");
  }
}

/** Opens a connection, uses it, closes it. */
export async function withSession<Value>(
  address: Address,
  login: Login,
  use: (session: Session) => Promise<Value>,
  ms = 2_000,
): Promise<Value> {
  await using session = await Session.open(address, login, ms);
  return await use(session);
}
