import { machine, none } from "@fettle/engine";
import { z } from "zod";
import type { Servers } from "../cluster/servers.ts";
import { killServer } from "../server/processes.ts";
import { writePulse } from "../server/pulse.ts";
import { controlLogin } from "../server/secrets.ts";
import { withSession } from "../server/session.ts";
import { startServer, waitUntilUp } from "../server/start.ts";
import { judge } from "../watch/look.ts";

const data = z.object({
  name: z.string(),
  major: z.number(),
  members: z.record(z.string(), z.object({ host: z.string(), port: z.number() })),
  primary: z.string(),
  /** How often it ended by itself after a start. */
  exits: z.number().default(0),
  /** What it said last. */
  said: z.string().default(""),
});

/** A start that ends three times by itself is not going to work: the data is not good. */
const mostExits = 3;

/** Brings a primary back whose postmaster died or hangs and whose data is there. */
export const restart = (servers: Servers) =>
  machine({
    name: "postgres/restart",
    about: "Brings a dead or frozen primary back on its own data, and proves it by a write",
    data,
    signals: { cancel: none },
    start: "stopping",
    transitions: {
      stopping: ["starting", "recovered", "cancelled"],
      starting: ["proving", "stopping", "unusable", "cancelled"],
      proving: ["restarted", "stopping", "cancelled"],
      restarted: [],
      recovered: [],
      unusable: [],
      cancelled: [],
    },
    policy: {
      starting: { timeout: "60s" },
      stopping: { timeout: "20s" },
      proving: { timeout: "20s", retry: { attempts: 3, first: "500ms" } },
    },
    deadlines: [
      {
        reach: ["restarted", "recovered", "unusable", "cancelled"],
        within: "5m",
        page: { severity: "critical", say: "A Postgres restart takes longer than 5 minutes" },
      },
    ],
    states: {
      async stopping(it) {
        if (it.take("cancel")) return it.to("cancelled");
        const server = await servers.of(it.data, it.data.primary);
        // A frozen process is asked no third time: to wait for its silence costs a second of the outage.
        const isAlive = (await servers.monitor.process(server)) === "running";
        if (isAlive && it.data.exits === 0 && judge(await servers.monitor.look(server, true)) === "well") return it.to("recovered");
        await killServer(server, it.abort);
        return it.to("starting");
      },
      async starting(it) {
        if (it.take("cancel")) return it.to("cancelled");
        const server = await servers.of(it.data, it.data.primary);
        await startServer(server);
        const rise = await waitUntilUp(server, 40_000, it.abort);
        if (rise.kind === "up") return it.to("proving");
        // Redo takes what it takes; the deadline calls somebody when that is too long.
        if (rise.kind === "replaying") return it.wait("1s");
        if (rise.log.includes("No space left on device")) {
          // A copy on another disk would be no less full soon, and what is here is good.
          it.page({
            severity: "critical",
            say: `${it.data.name} cannot start: the disk of ${it.data.primary} is full`,
            cause: `full:${it.data.name}`,
          });
          return it.wait("10s");
        }
        const exits = it.data.exits + 1;
        return it.to(exits < mostExits ? "stopping" : "unusable", { exits, said: rise.log });
      },
      async proving(it) {
        if (it.take("cancel")) return it.to("cancelled");
        const server = await servers.of(it.data, it.data.primary);
        await withSession(server.address, controlLogin(server.secrets), (session) => writePulse(session));
        return it.to("restarted");
      },
      async restarted(it) {
        return it.done({ outcome: "restarted" });
      },
      async recovered(it) {
        return it.done({ outcome: "recovered" });
      },
      async unusable(it) {
        return it.done({ outcome: "unusable", said: it.data.said });
      },
      async cancelled(it) {
        return it.done({ outcome: "cancelled" });
      },
    },
  });
