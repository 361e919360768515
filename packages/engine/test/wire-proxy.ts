import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { ClientStream, ServerStream } from "./wire-statements.ts";

/** A statement that a client has sent whole, before it reaches Postgres. */
export interface Sent {
  readonly text: string;
  /** How many of that text were sent before it. */
  readonly nth: number;
}

/** What happens at a statement: before it reaches Postgres, or after it was executed and before the client hears of it. */
export interface Fault {
  readonly when: "before" | "after";
  /** The connection waits until this resolves, then goes on or is cut. */
  act(): Promise<"go on" | "cut">;
}

export interface WireProxy extends AsyncDisposable {
  /** The same database, through the proxy. */
  url(direct: string): string;
  /** Every statement so far, in the order in which they came. */
  readonly seen: readonly Sent[];
  /** Notifications that were swallowed. */
  readonly swallowed: number;
  /** From now on, no notification comes through. */
  swallowNotifications(): void;
  /** Where new connections lead from now on. */
  lead(port: number): void;
  /** Breaks every connection there is. */
  cutAll(): void;
}

/** A TCP proxy in front of Postgres that knows where a statement begins and ends, and asks `faultAt` at each. */
export async function startWireProxy(port: number, faultAt: (sent: Sent) => Fault | undefined): Promise<WireProxy> {
  const state: State = { port, faultAt, seen: [], counts: new Map(), lines: new Set(), swallows: false, swallowed: 0 };
  const server = createServer((client) => new Line(client, state));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port: own } = server.address() as AddressInfo;
  const cutAll = () => {
    for (const line of state.lines) line.cut();
  };
  return {
    url(direct) {
      const url = new URL(direct);
      url.port = String(own);
      return url.href;
    },
    seen: state.seen,
    get swallowed() {
      return state.swallowed;
    },
    swallowNotifications() {
      state.swallows = true;
    },
    lead(other) {
      state.port = other;
    },
    cutAll,
    async [Symbol.asyncDispose]() {
      server.close();
      cutAll();
      await once(server, "close");
    },
  };
}

interface State {
  port: number;
  readonly faultAt: (sent: Sent) => Fault | undefined;
  readonly seen: Sent[];
  readonly counts: Map<string, number>;
  readonly lines: Set<Line>;
  swallows: boolean;
  swallowed: number;
}

/** One client's connection and its counterpart to Postgres. */
class Line {
  readonly #client: Socket;
  readonly #server: Socket;
  readonly #state: State;
  readonly #asked = new ClientStream();
  readonly #answered = new ServerStream();
  /** The fault, if any, of each statement whose answer has not ended, oldest first; the opening of the connection has an answer too. */
  readonly #pending: (Fault | undefined)[] = [undefined];
  #held: Buffer[] = [];
  #toServer: Promise<void> = Promise.resolve();
  #toClient: Promise<void> = Promise.resolve();

  constructor(client: Socket, state: State) {
    this.#client = client;
    this.#state = state;
    this.#server = connect(state.port, "127.0.0.1");
    state.lines.add(this);
    // What either side has sent goes through before the line ends, as in a network: a client that gave up may have been heard.
    client.on("data", (chunk: Buffer) => this.#ask(chunk));
    client.on("close", () => {
      this.#toServer = this.#toServer.then(() => void this.#server.end());
    });
    this.#server.on("data", (chunk: Buffer) => this.#answer(chunk));
    this.#server.on("close", () => {
      state.lines.delete(this);
      this.#toClient = this.#toClient.then(() => this.cut());
    });
    for (const side of [client, this.#server]) {
      side.setNoDelay(true);
      side.on("error", () => this.cut());
    }
  }

  cut(): void {
    this.#state.lines.delete(this);
    this.#client.destroy();
    this.#server.destroy();
  }

  #ask(chunk: Buffer): void {
    for (const { statement, bytes } of this.#asked.read(chunk)) {
      const fault = statement === undefined ? undefined : this.#sent(statement);
      this.#toServer = this.#toServer.then(async () => {
        if (fault?.when === "before" && (await fault.act()) === "cut") return this.cut();
        if (!this.#server.destroyed) this.#server.write(bytes);
      });
    }
  }

  #sent(text: string): Fault | undefined {
    const { counts, seen, faultAt } = this.#state;
    const sent = { text, nth: counts.get(text) ?? 0 };
    counts.set(text, sent.nth + 1);
    seen.push(sent);
    const fault = faultAt(sent);
    this.#pending.push(fault);
    return fault;
  }

  #answer(chunk: Buffer): void {
    for (const { letter, bytes } of this.#answered.read(chunk)) {
      if (letter === "A" && this.#state.swallows) this.#state.swallowed++;
      else this.#hold(letter, bytes);
    }
  }

  /** An answer with a fault is kept back until its end, Z, has come: then Postgres has done it all, and the client knows nothing. */
  #hold(letter: string, bytes: Buffer): void {
    const fault = this.#pending[0]?.when === "after" ? this.#pending[0] : undefined;
    this.#held.push(bytes);
    if (letter === "Z") this.#pending.shift();
    if (fault && letter !== "Z") return;
    const whole = Buffer.concat(this.#held);
    this.#held = [];
    this.#toClient = this.#toClient.then(async () => {
      if (fault && (await fault.act()) === "cut") return this.cut();
      if (!this.#client.destroyed) this.#client.write(whole);
    });
  }
}
