import {
  type Actor,
  type BreakerRequest,
  type Duration,
  FettleError,
  type Labels,
  type RuleRequest,
  type StartRequest,
} from "@fettle/engine";
import type { Context } from "hono";

const most = 1024 * 1024;

export type Body = Readonly<Record<string, unknown>>;

/** The request's body: a JSON object of at most 1 MiB. Throws BAD_INPUT or NOT_JSON. */
export async function bodyOf(c: Context): Promise<Body> {
  return parseBody(c, await textOf(c));
}

/** The same, of a body that was read already. */
export function parseBody(c: Context, text: string): Body {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Body;
  } catch (error) {
    throw new FettleError("NOT_JSON", `Cannot read the body of ${c.req.path} as JSON`, { fix: "Send a JSON object", cause: error });
  }
  throw new FettleError("BAD_INPUT", `Cannot use the body of ${c.req.path}: it is not an object`, {
    fix: `Send a JSON object, as in {"by": "ana"}`,
  });
}

/** The body as it was sent. Reads no further than the bound, whatever Content-Length says. Throws BAD_INPUT. */
export async function textOf(c: Context): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of c.req.raw.body ?? []) {
    size += chunk.byteLength;
    if (size > most) {
      throw new FettleError("BAD_INPUT", `Cannot take the body of ${c.req.path}: it is longer than ${most} bytes`, {
        fix: "Keep large things elsewhere, and send their name",
      });
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

/** A text field that must be there and not empty. Throws BAD_INPUT. */
export function textIn(body: Body, field: string): string {
  const value = body[field];
  if (typeof value === "string" && value.trim() !== "") return value;
  throw refusal(field, value, "a text that is not empty");
}

/** Who, and why: what a program does may explain itself with an empty text; a view asks a person for more. */
export function actorIn(body: Body): Actor {
  const why = body["why"] ?? "";
  if (typeof why !== "string") throw refusal("why", why, "a text");
  return { by: textIn(body, "by"), why };
}

export function startIn(body: Body): StartRequest {
  return {
    machine: textIn(body, "machine"),
    key: textIn(body, "key"),
    input: body["input"],
    labels: labelsIn(body),
    ifRunning: oneOf(body, "ifRunning", ["keep", "refuse"]),
    ifDone: oneOf(body, "ifDone", ["again", "keep"]),
    ...actorIn(body),
  };
}

export function objectIn(body: Body, field: string): Body | undefined {
  const value = body[field];
  if (value === undefined || (typeof value === "object" && value !== null && !Array.isArray(value))) return value as Body | undefined;
  throw refusal(field, value, "an object");
}

export function textsIn(body: Body, field: string): readonly string[] | undefined {
  const value = body[field];
  if (value === undefined || (Array.isArray(value) && value.every((each) => typeof each === "string"))) return value;
  throw refusal(field, value, "a list of texts");
}

export function ruleIn(body: Body): RuleRequest {
  const selector = objectIn(body, "selector") ?? {};
  const kind = oneOf(body, "kind", ["pause", "mode", "silence"]);
  if (kind === undefined) throw refusal("kind", undefined, "pause, mode or silence");
  return {
    kind,
    selector: { machine: someText(selector, "machine"), key: someText(selector, "key"), labels: labelsIn(selector) },
    value: someText(body, "value"),
    lasts: someText(body, "lasts") as Duration | undefined,
    ...actorIn(body),
  };
}

export function breakerIn(body: Body): BreakerRequest {
  const more = body["let"];
  if (more !== undefined && typeof more !== "number") throw refusal("let", more, "a number");
  const scope = body["scope"] ?? "";
  if (typeof scope !== "string") throw refusal("scope", scope, "a text");
  return { machine: textIn(body, "machine"), name: textIn(body, "name"), scope, let: more, ...actorIn(body) };
}

export function someText(body: Body, field: string): string | undefined {
  return body[field] === undefined ? undefined : textIn(body, field);
}

export function labelsIn(body: Body): Labels | undefined {
  const value = body["labels"];
  if (value === undefined) return undefined;
  const isPlain = typeof value === "object" && value !== null && !Array.isArray(value);
  if (isPlain && Object.values(value).every((label) => typeof label === "string")) return value as Labels;
  throw refusal("labels", value, "an object of texts");
}

function oneOf<const Choice extends string>(body: Body, field: string, choices: readonly Choice[]): Choice | undefined {
  const value = body[field];
  if (value === undefined) return undefined;
  const choice = choices.find((one) => one === value);
  if (choice !== undefined) return choice;
  throw refusal(field, value, choices.join(" or "));
}

function refusal(field: string, value: unknown, expected: string): FettleError {
  const got = value === undefined ? "nothing" : JSON.stringify(value).slice(0, 60);
  return new FettleError("BAD_INPUT", `Cannot use "${field}": expected ${expected}, got ${got}`, {
    fix: `Send "${field}" in the JSON body`,
  });
}
