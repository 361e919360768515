import type { Child } from "@fettle/engine";
import { judge } from "../watch/look.ts";
import { adopt } from "./adopt.ts";
import type { ClusterVisit, Means } from "./visit.ts";

type Mending = ClusterVisit<"available" | "uncertain" | "destroying">;

const hour = 3_600_000;
/** So many restarts within an hour are not an accident any more. */
const tooManyRestarts = 3;

/** Unavailable: waits for the child that mends. Its end wakes this; the failover tells of its promotion before its end. */
export async function mending(it: Mending, means: Means) {
  if (it.take("destroy")) return it.to("destroying");
  const news = adopt(it, means);
  if (news) return it.to("available", news);

  const machine = `postgres/${it.data.mending}`;
  const child = (await it.children()).find((one) => one.machine === machine && one.key === it.data.name);
  if (child?.status === "running") return it.wait("30s");
  if (child?.status === "stuck") return stuck(it, means);
  return ended(it, means, child);
}

function ended(it: Mending, { failover }: Means, child: Child | undefined) {
  const { outcome } = (child?.result ?? {}) as { outcome?: string };
  if (outcome === "restarted") return it.to("available", { mending: "", restarts: counted(it) });
  if (outcome === "unusable") {
    const input = { cluster: it.data, reason: "unusable", candidate: "" } as const;
    it.spawn(failover, { key: it.data.name, input });
    it.send({ machine: failover, key: it.data.name }, "again", input);
    return it.wait("0ms", { mending: "failover" });
  }
  return it.to("uncertain", { mending: "" });
}

function counted(it: Mending): string[] {
  const now = it.now();
  const restarts = [...it.data.restarts.filter((at) => now.getTime() - Date.parse(at) < hour), now.toISOString()];
  if (restarts.length >= tooManyRestarts) {
    it.page({
      severity: "warning",
      say: `${it.data.name} was restarted ${restarts.length} times within an hour`,
      cause: `restarts:${it.data.name}`,
    });
  }
  return restarts;
}

/** The mender waits for a person, who may mend the server by hand. What changed meanwhile may also be mended otherwise. */
async function stuck(it: Mending, { servers }: Means) {
  const verdict = judge(await servers.monitor.look(await servers.of(it.data, it.data.primary), true));
  if (verdict === "well") return it.to("available", { mending: "" });
  const isOther = (verdict === "dead" && it.data.mending === "failover") || (verdict === "lost" && it.data.mending === "restart");
  return isOther ? it.to("uncertain", { mending: "" }) : it.wait("5s");
}
