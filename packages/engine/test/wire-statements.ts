/**
 * As much of Postgres's wire protocol as it takes to tell statements and their answers apart: a message is a letter, a length and
 * a body. A client's statement ends with Q (simple) or S (the Sync after Parse, Bind and Execute); its answer ends with Z.
 */
export interface Message {
  /** Empty for what a connection begins with, which has none. */
  readonly letter: string;
  readonly bytes: Buffer;
}

export interface Part {
  readonly bytes: Buffer;
  /** Undefined for what is no statement: the opening of a connection, a password, a goodbye. */
  readonly statement: string | undefined;
}

/** Cuts a client's stream into its opening and its statements. */
export class ClientStream {
  readonly #cutter = new Cutter(false);
  readonly #prepared = new Map<string, string>();
  #gathered: Buffer[] = [];
  #text = "";

  read(chunk: Buffer): Part[] {
    const parts: Part[] = [];
    for (const message of this.#cutter.cut(chunk)) {
      if (message.letter === "" || message.letter === "X" || message.letter === "p") {
        parts.push({ bytes: message.bytes, statement: undefined });
        continue;
      }
      this.#note(message);
      if (message.letter !== "Q" && message.letter !== "S") continue;
      parts.push({ bytes: Buffer.concat(this.#gathered), statement: this.#text });
      this.#gathered = [];
      this.#text = "";
    }
    return parts;
  }

  #note({ letter, bytes }: Message): void {
    this.#gathered.push(bytes);
    const strings = bytes.toString("utf8", 5, Math.min(bytes.length, 20_000)).split("\0");
    if (letter === "Q") this.#text = strings[0] ?? "";
    if (letter === "P") this.#prepared.set(strings[0] ?? "", strings[1] ?? "");
    if (letter === "P") this.#text = strings[1] ?? "";
    if (letter === "B") this.#text = this.#prepared.get(strings[1] ?? "") ?? this.#text;
  }
}

/** Cuts a server's stream into messages. */
export class ServerStream {
  readonly #cutter = new Cutter(true);

  read(chunk: Buffer): Message[] {
    return this.#cutter.cut(chunk);
  }
}

class Cutter {
  #hasBegun: boolean;
  #rest: Buffer = Buffer.alloc(0);

  constructor(hasBegun: boolean) {
    this.#hasBegun = hasBegun;
  }

  cut(chunk: Buffer): Message[] {
    this.#rest = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    const messages: Message[] = [];
    while (true) {
      const header = this.#hasBegun ? 1 : 0;
      if (this.#rest.length < header + 4) return messages;
      const length = header + this.#rest.readInt32BE(header);
      if (this.#rest.length < length) return messages;
      const bytes = this.#rest.subarray(0, length);
      messages.push({ letter: header === 0 ? "" : bytes.toString("latin1", 0, 1), bytes });
      this.#rest = this.#rest.subarray(length);
      this.#hasBegun = true;
    }
  }
}
