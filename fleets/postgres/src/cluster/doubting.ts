import { describe, judge } from "../watch/look.ts";
import { adopt } from "./adopt.ts";
import type { ClusterVisit, Means } from "./visit.ts";

type Doubting = ClusterVisit<"available" | "unavailable" | "destroying">;

/** Uncertain: looks again, by a new connection and a write. Only two looks that agree, each by two signs, lead to anything. */
export async function doubting(it: Doubting, means: Means) {
  if (it.take("destroy")) return it.to("destroying");
  const news = adopt(it, means);
  if (news) return it.wait("0ms", news);

  const { servers } = means;
  const look = await servers.monitor.look(await servers.of(it.data, it.data.primary), true);
  const verdict = judge(look);
  switch (verdict) {
    case "well":
      return it.to("available", { suspicion: "" });
    case "dead":
    case "lost":
      if (it.data.suspicion !== "dead" && it.data.suspicion !== "lost") return it.wait("50ms", { suspicion: verdict });
      it.log(`${it.data.primary} is ${verdict}: ${describe(look)}`);
      return mend(it, means, verdict);
    case "blind":
      // The passwords that are remembered may be those of a cluster that had the name before.
      servers.forgetSecrets(it.data.name);
      if (it.data.suspicion === "blind") return it.wait("5s");
      it.page({
        severity: "critical",
        say: `${it.data.name} cannot be watched: ${it.data.primary} does not let fettle in. Nothing is done to it`,
        cause: `blind:${it.data.name}`,
      });
      return it.wait("0ms", { suspicion: "blind" });
    case "replaying":
    case "doubt":
      return it.wait("100ms", it.data.suspicion === "" ? undefined : { suspicion: "" });
    default:
      return verdict satisfies never;
  }
}

function mend(it: Doubting, { restart, failover }: Means, verdict: "dead" | "lost") {
  const { name, major, members, primary } = it.data;
  if (verdict === "dead") {
    it.spawn(restart, { key: name, input: { name, major, members, primary, exits: 0, said: "" } });
    return it.to("unavailable", { mending: "restart", suspicion: "" });
  }
  const input = { cluster: it.data, reason: "lost", candidate: "" } as const;
  it.spawn(failover, { key: name, input });
  // A failover that still waits for redundancy is the same run: it begins again.
  it.send({ machine: failover, key: name }, "again", input);
  return it.to("unavailable", { mending: "failover", suspicion: "" });
}
