import { type Client, FettleError, type Filter, type Ref } from "@fettle/engine";
import { type Context, Hono } from "hono";
import { actorIn, bodyOf, breakerIn, objectIn, ruleIn, startIn, textIn, textsIn } from "./body.ts";
import { labelOf, statusNamed } from "./filter.ts";
import { live } from "./live.ts";
import { rolloutIn } from "./rollout-body.ts";
import { toldOf } from "./status.ts";

/**
 * The client's operations over HTTP: the answers are the client's values as JSON (`null` where it answers nothing), errors are
 * `{ "error": { code, message, fix } }`. In a path, machine and key are each percent-encoded whole, and `-` stands for any machine.
 */
export function api(client: Client, log: (line: string) => void, closing: AbortSignal): Hono {
  const app = new Hono();

  app.get("/machines", async (c) => c.json(await client.machines()));
  app.get("/attention", async (c) => c.json(await client.attention()));
  app.get("/workers", async (c) => c.json(await client.workers()));
  app.get("/check", async (c) => c.json(await client.check()));
  app.get("/living", async (c) => c.json(await client.living(wholeNumber(c, "after"))));
  app.get("/changes", async (c) => c.json(await client.changes(c.req.query("after"))));
  app.get("/live", (c) => live(c, client, closing));

  app.get("/instances", async (c) => c.json(await client.list(filterOf(c))));
  app.post("/instances", async (c) => c.json(await client.start(startIn(await bodyOf(c)))));
  app.get("/instances/:machine/:key", async (c) => c.json(await client.show(refOf(c))));
  app.get("/instances/:machine/:key/history", async (c) => {
    const limit = wholeNumber(c, "limit");
    const before = wholeNumber(c, "before");
    return c.json(await client.history(refOf(c), { ...(limit !== undefined && { limit }), ...(before !== undefined && { before }) }));
  });
  app.post("/instances/:machine/:key/signals", async (c) => {
    const body = await bodyOf(c);
    await client.signal({ ref: refOf(c), signal: textIn(body, "signal"), payload: body["payload"], ...actorIn(body) });
    return c.json(null);
  });
  app.post("/instances/:machine/:key/retry", async (c) => {
    await client.retry(refOf(c), actorIn(await bodyOf(c)));
    return c.json(null);
  });

  app.post("/instances/:machine/:key/cancel", async (c) => {
    await client.cancel(refOf(c), actorIn(await bodyOf(c)));
    return c.json(null);
  });
  app.post("/instances/:machine/:key/move", async (c) => {
    const body = await bodyOf(c);
    await client.move({ ref: refOf(c), state: textIn(body, "state"), patch: objectIn(body, "patch"), ...actorIn(body) });
    return c.json(null);
  });
  app.post("/instances/:machine/:key/edit", async (c) => {
    const body = await bodyOf(c);
    return c.json(await client.edit({ ref: refOf(c), set: objectIn(body, "set"), remove: textsIn(body, "remove"), ...actorIn(body) }));
  });

  for (const answer of ["approve", "refuse"] as const) {
    app.post(`/instances/:machine/:key/${answer}`, async (c) => {
      await client.answer({ ref: refOf(c), answer, ...actorIn(await bodyOf(c)) });
      return c.json(null);
    });
  }

  app.get("/breakers", async (c) => c.json(await client.breakers()));
  app.post("/breakers/close", async (c) => c.json(await client.closeBreaker(breakerIn(await bodyOf(c)))));

  app.get("/rules", async (c) => c.json(await client.rules({ all: c.req.query("all") === "1" })));
  app.post("/rules", async (c) => c.json(await client.addRule(ruleIn(await bodyOf(c)))));
  app.post("/rules/:id/end", async (c) => c.json(await client.endRule(numberOf(c, "NO_SUCH_RULE", "rule"), actorIn(await bodyOf(c)))));

  app.get("/rollouts", async (c) => c.json(await client.rollouts()));
  app.post("/rollouts", async (c) => c.json(await client.startRollout(rolloutIn(await bodyOf(c)))));
  app.get("/rollouts/:name", async (c) => c.json(await client.rollout(c.req.param("name"))));
  app.post("/rollouts/:name/go", async (c) => {
    await client.goOn(c.req.param("name"), actorIn(await bodyOf(c)));
    return c.json(null);
  });

  app.get("/pages", async (c) => c.json(await client.pages({ all: c.req.query("all") === "1" })));
  app.get("/ways", async (c) => c.json(await client.ways()));
  app.post("/pages/test", async (c) => {
    const body = await bodyOf(c);
    return c.json(await client.testPager({ via: body["via"] === undefined ? undefined : textIn(body, "via"), ...actorIn(body) }));
  });
  app.post("/pages/:id/acknowledge", async (c) => {
    return c.json(await client.acknowledge(numberOf(c, "NO_SUCH_PAGE", "page"), actorIn(await bodyOf(c))));
  });

  app.all("*", (c) => {
    throw new FettleError("NO_SUCH_ROUTE", `Cannot answer ${c.req.method} ${c.req.path}: there is no such route`, {
      fix: "Ask one of /machines, /instances, /changes, /attention, /pages, /ways, /rules, /breakers, /rollouts, /workers, /living, /check or /live under /api/v1",
    });
  });
  app.onError((error, c) => {
    const { failure, status } = toldOf(error);
    if (status === 500) log(`${c.req.method} ${c.req.path} failed: ${failure.message} (${failure.code})`);
    return c.json({ error: failure }, status);
  });
  return app;
}

function numberOf(c: Context, code: string, what: string): number {
  const id = Number(c.req.param("id"));
  if (Number.isSafeInteger(id)) return id;
  throw new FettleError(code, `Cannot find ${what} ${c.req.param("id")}: ${what}s have numbers`);
}

function refOf(c: Context): Ref {
  const machine = c.req.param("machine");
  return { machine: machine === "-" ? undefined : machine, key: c.req.param("key") ?? "" };
}

function filterOf(c: Context): Filter {
  const { machine, key, state, status } = c.req.query();
  const labels = Object.fromEntries((c.req.queries("label") ?? []).map(labelOf));
  return {
    machine,
    key,
    state,
    status: status === undefined ? undefined : statusNamed(status),
    labels: Object.keys(labels).length > 0 ? labels : undefined,
    limit: wholeNumber(c, "limit"),
  };
}

function wholeNumber(c: Context, name: string): number | undefined {
  const text = c.req.query(name);
  if (text === undefined) return undefined;
  if (/^\d+$/.test(text) && Number.isSafeInteger(Number(text))) return Number(text);
  throw new FettleError("USAGE", `Cannot use ${name}=${text}: it is not a whole number`, { fix: `Leave ${name} out, or write digits` });
}
