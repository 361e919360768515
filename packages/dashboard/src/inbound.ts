import { type AlertRule, type Answered, type Client, FettleError, isSame, isSignature, parseAlerts, takeAlert } from "@fettle/engine";
import { type Context, Hono } from "hono";
import { parseBody, textOf } from "./body.ts";

export interface Inbound {
  /** Alertmanager sends it as a bearer token; the plain webhook signs with it. */
  readonly secret: string;
  readonly rules: readonly AlertRule[];
}

/** A signed request is taken for so long; an older one may be somebody else's recording. Seconds. */
const window = 300;

/**
 * Alerts from outside, which start and signal instances: `/alertmanager` takes what Alertmanager sends, with `Authorization: Bearer SECRET`;
 * `/webhook` takes one alert, with `Fettle-Timestamp` (seconds since 1970) and `Fettle-Signature` (`sha256=` and the HMAC of timestamp, full stop
 * and body). The answer lists what each alert did. Whoever cannot prove that he has the secret gets NOT_ALLOWED.
 */
export function inbound(client: Client, { secret, rules }: Inbound, log: (line: string) => void): Hono {
  const app = new Hono();
  app.post("/alertmanager", async (c) => {
    const token = /^Bearer (.+)$/i.exec(c.req.header("authorization") ?? "")?.[1];
    if (token === undefined || !isSame(token, secret)) throw refusal(c, "its bearer token is absent or another one");
    return c.json(await take(client, rules, parseBody(c, await textOf(c)), log));
  });
  app.post("/webhook", async (c) => {
    const text = await textOf(c);
    checkSignature(c, secret, text);
    return c.json(await take(client, rules, parseBody(c, text), log));
  });
  return app;
}

function checkSignature(c: Context, secret: string, text: string): void {
  const timestamp = c.req.header("fettle-timestamp") ?? "";
  const signature = c.req.header("fettle-signature") ?? "";
  if (!/^\d{1,12}$/.test(timestamp)) throw refusal(c, "Fettle-Timestamp is not a number of seconds");
  if (!isSignature(signature, secret, timestamp, text)) throw refusal(c, "its signature is absent or does not fit");
  if (Math.abs(Date.now() / 1000 - Number(timestamp)) > window) throw refusal(c, `its timestamp is more than ${window} s from now`);
}

function refusal(c: Context, reason: string): FettleError {
  return new FettleError("NOT_ALLOWED", `Cannot take ${c.req.path}: ${reason}`, {
    fix: "Send the secret that alerts.secret of the config holds, from a machine whose clock is right",
  });
}

/** One alert that cannot be taken does not stop the others. The sender is told of the first: Alertmanager sends all again where the store is away. */
async function take(client: Client, rules: readonly AlertRule[], body: unknown, log: (line: string) => void): Promise<Answered[]> {
  const answered: Answered[] = [];
  const failures: unknown[] = [];
  for (const alert of parseAlerts(body)) {
    try {
      answered.push(...(await takeAlert(client, rules, alert)));
    } catch (error) {
      log(`An alert could not be taken: ${error instanceof Error ? error.message : String(error)}`);
      failures.push(error);
    }
  }
  const away = failures.find((error) => error instanceof FettleError && error.code === "STORE_AWAY");
  if (failures.length > 0) throw away ?? failures[0];
  return answered;
}
