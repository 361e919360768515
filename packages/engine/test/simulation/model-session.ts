import type { Session } from "../../src/store/session.ts";
import type { Model } from "./model.ts";
import { known } from "./model-statements.ts";

/** A session whose store is a model: each statement is done, as a whole, at once. */
export function modelSession(model: Model): Session {
  const query = async <Row>(text: string, values: readonly unknown[] = []) => known(text).answer(model, values) as Row[];
  return { query, run: (statement, values) => query(statement.text, values) };
}
