/** No answer within the time that the asker had. */
export class Silence extends Error {
  constructor(ms: number) {
    super(`no answer in ${ms}ms`);
    this.name = "Silence";
  }
}

/** What it means when a server is asked and does not answer as it should. */
export type Trouble =
  /** Nothing listens, or the connection was torn. */
  | { readonly kind: "refused" }
  /** It took the question and said nothing: frozen, or gone without a word. */
  | { readonly kind: "silent" }
  /** It starts, stops or replays WAL: it says so itself, and is not to be disturbed. */
  | { readonly kind: "replaying" }
  /** It is well, and does not let us in: our own fault, never an outage. */
  | { readonly kind: "denied"; readonly message: string }
  | { readonly kind: "error"; readonly code: string; readonly message: string };

export function troubleOf(error: unknown): Trouble {
  if (error instanceof Silence) return { kind: "silent" };
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  const message = error instanceof Error ? error.message : String(error);
  // 57P03 also stands for "shutting down" and "not yet accepting connections".
  if (code === "57P03") return { kind: "replaying" };
  if (code.startsWith("28")) return { kind: "denied", message };
  if (code.startsWith("57P0") || torn.has(code) || /Connection terminated|connection is closed|not queryable/i.test(message)) {
    return { kind: "refused" };
  }
  if (code === "ETIMEDOUT") return { kind: "silent" };
  return { kind: "error", code: code || "UNKNOWN", message };
}

const torn = new Set(["ECONNREFUSED", "ECONNRESET", "EPIPE", "ENOTCONN", "ERR_STREAM_DESTROYED"]);
