import { FettleError } from "../error.ts";

/**
 * Runs one statement at a time. Every statement casts what it returns to text, float8, int4 or bool, so that rows are the same
 * over every driver: instants are milliseconds since 1970, ids are whole numbers under 2^53.
 */
export interface Session {
  /**
   * Without `values`, `text` may hold several statements, which are then one transaction.
   * Throws STORE_AWAY when the answer did not come: the statement may or may not have been committed. STORE_CLOSED when none will.
   */
  query<Row>(text: string, values?: readonly unknown[]): Promise<Row[]>;
  /** The same for a hot statement: it is parsed and planned once a connection, where the connection is the session's own. */
  run<Row>(statement: Statement, values: readonly unknown[]): Promise<Row[]>;
}

export interface Statement {
  readonly name: string;
  readonly text: string;
}

/** What the database itself said about a statement. It was not committed. */
export class StatementRefused extends FettleError {
  readonly sqlState: string;

  constructor(sqlState: string, error: Error & { readonly detail?: unknown; readonly hint?: unknown }) {
    const { code, message, fix } = sentence(sqlState, error);
    super(code, message, { cause: error, ...(fix !== undefined && { fix }) });
    this.name = "StatementRefused";
    this.sqlState = sqlState;
  }

  /** A deadlock, or a serialization failure: the same statement goes through when it is sent again. */
  get isPassing(): boolean {
    return this.sqlState.startsWith("40");
  }
}

/** Class 08, 53, 57, 58, 25006 and no SQLSTATE at all: the store is away, full, starting, or no longer the primary. */
export function statementError(error: unknown): FettleError {
  const state = sqlState(error);
  const message = messageOf(error);
  if (state === undefined || /^(08|53|57|58|XX)/.test(state) || state === "25006") {
    return new FettleError("STORE_AWAY", `The store does not answer: ${message}`, {
      fix: "fettle goes on by itself when the store is back; check that Postgres is up and that DATABASE_URL reaches it",
      cause: error,
    });
  }
  return new StatementRefused(state, error instanceof Error ? error : new Error(message));
}

/** Unlike one that is away, it does not come back. */
export function storeClosed(cause?: unknown): FettleError {
  const why = cause instanceof Error ? `: ${cause.message}` : "";
  return new FettleError("STORE_CLOSED", `The store is closed${why}`, { fix: "Open it anew: start fettle up again", cause });
}

function sqlState(error: unknown): string | undefined {
  if (error instanceof Error && "code" in error && typeof error.code === "string" && /^[0-9A-Z]{5}$/.test(error.code)) {
    return error.code;
  }
  return undefined;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message || error.name : String(error);
}

/** What a function of fettle's own refuses has a code of ours as its detail, and a fix as its hint. */
function sentence(sqlState: string, error: Error & { readonly detail?: unknown; readonly hint?: unknown }) {
  if (!sqlState.startsWith("FT"))
    return { code: `SQL_${sqlState}`, message: `The store refused a statement: ${messageOf(error)}`, fix: mendBy(sqlState) };
  return { code: String(error.detail), message: error.message, fix: String(error.hint) };
}

/** By the classes of https://www.postgresql.org/docs/current/errcodes-appendix.html. */
function mendBy(sqlState: string): string {
  if (sqlState.startsWith("22")) return "Keep out of the data what Postgres cannot store, such as the character U+0000, then retry";
  if (sqlState === "42501") return "Give the role of DATABASE_URL the rights that fettle roles prints";
  if (sqlState.startsWith("42")) return "Run fettle doctor: the schema is not as fettle made it";
  return `Mend what the message names (${sqlState} in the list of error codes of Postgres), then retry`;
}
