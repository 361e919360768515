import type { Client, Machine } from "@fettle/engine";
import { type Context, Hono } from "hono";
import { toldOf } from "../status.ts";
import { attention } from "./attention.ts";
import { type Around, frame, problem } from "./frame.ts";
import { instance } from "./instance.ts";
import { instances } from "./instances.ts";
import { machine, machines } from "./machines.ts";
import { knownMisfits } from "./misfits.ts";
import { pages } from "./pages.ts";
import { rollout, rollouts } from "./rollouts.ts";
import { type Place, type Seen, type View, waiting } from "./view.ts";

export interface Setting {
  readonly client: Client;
  readonly machines: readonly Machine[];
  readonly log: (line: string) => void;
  readonly environment: string;
  /** Who acts from here. */
  readonly person: string;
}

/** Every screen at its address. */
export function views(setting: Setting): Hono {
  const app = new Hono();
  const misfits = knownMisfits(setting.client, setting.log);
  const at = (path: string, place: Place, make: (c: Context, seen: Seen) => Promise<View>) => {
    app.get(path, (c) => answer(c, setting, place, (seen) => make(c, seen)));
  };
  at("/", "attention", (_, seen) => attention(seen, misfits));
  at("/instances", "instances", (c, seen) => instances(seen, c.req.query("filter")?.trim() ?? "", c.req.query("all") === "1"));
  at("/instances/:machine/:key", "instances", (c, seen) => {
    const name = c.req.param("machine");
    return instance(seen, { machine: name === "-" ? undefined : name, key: c.req.param("key") ?? "" });
  });
  at("/rollouts", "rollouts", (_, seen) => rollouts(seen));
  at("/rollouts/:name", "rollouts", (c, seen) => rollout(seen, c.req.param("name") ?? ""));
  at("/machines", "machines", (_, seen) => machines(seen));
  at("/machines/:name", "machines", (c, seen) => machine(seen, c.req.param("name") ?? "", misfits));
  at("/pages", "pages", (c, seen) => pages(seen, c.req.query("all") === "1"));
  app.notFound((c) => {
    const failure = {
      code: "NO_SUCH_VIEW",
      message: `There is no view at ${c.req.path}`,
      fix: "Go to Attention, or press g and then a, i, o, m or p",
    };
    return c.html(frame(problem(failure, "attention"), around(setting, null, new Date())), 404);
  });
  return app;
}

/** A view in its frame; or, in its place, the failure's sentence, code and fix. */
async function answer(c: Context, setting: Setting, place: Place, make: (seen: Seen) => Promise<View>): Promise<Response> {
  const { client, machines, log } = setting;
  const now = new Date();
  let needs: number | null = null;
  c.header("Cache-Control", "no-store");
  try {
    const causes = await client.attention();
    needs = waiting(causes).length;
    const view = await make({ client, machines, causes, now });
    return c.html(frame(view, around(setting, needs, now)));
  } catch (error) {
    const { failure, status } = toldOf(error);
    if (status === 500) log(`The view ${c.req.path} failed: ${failure.message} (${failure.code})`);
    return c.html(frame(problem(failure, place), around(setting, needs, now)), status);
  }
}

function around({ environment, person }: Setting, needs: number | null, now: Date): Around {
  return { environment, person, needs, now };
}
