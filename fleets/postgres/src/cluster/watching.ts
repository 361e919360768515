import type { Child } from "@fettle/engine";
import { revisionInForce } from "../server/replication.ts";
import { judge, type Serving } from "../watch/look.ts";
import { adopt } from "./adopt.ts";
import { type Observed, observe } from "./observe.ts";
import { takeStep } from "./protect.ts";
import { nextStep } from "./protection.ts";
import { standbysOf, type Topology } from "./topology.ts";
import { type ClusterVisit, type Means, rebuildKey } from "./visit.ts";

type Watching = ClusterVisit<"uncertain" | "destroying">;

/** Available: looks at the primary and its standbys, and keeps as much redundancy as there is. */
export async function watching(it: Watching, means: Means) {
  if (it.take("destroy")) return it.to("destroying");
  const news = adopt(it, means);
  if (news) return it.wait("0ms", news);

  const { servers } = means;
  const primary = await servers.of(it.data, it.data.primary);
  const look = await servers.monitor.look(primary);
  const verdict = judge(look);
  if (verdict !== "well" || look.answer.kind !== "ok") {
    return it.to("uncertain", { suspicion: verdict === "dead" || verdict === "lost" ? verdict : "" });
  }

  const rebuilt = await endedRebuilds(it);
  if (rebuilt.length > 0) return it.wait("0ms", { members: withState(it.data, rebuilt, "ready") });
  return protect(it, means, look.answer);
}

async function protect(it: Watching, means: Means, primary: Serving) {
  const { servers } = means;
  const observed = await observe(servers, it.data, primary);
  const step = nextStep(observed.redundancy);
  if (step.kind === "keep") return rest(it, means, observed);

  // The primary was configured by a decision whose commit did not come through: go on from its revision.
  const inForce = await revisionInForce(await servers.of(it.data, it.data.primary));
  if (inForce > it.data.revision) return it.wait("0ms", { revision: inForce });

  const done = await takeStep(step, it.data, servers, it.abort);
  if (done.kind === "look again") return it.wait("20ms");
  it.log(`may become primary: ${done.electable.join(", ") || "nobody"}`);
  if (done.electable.length > 0) it.send({ machine: means.failover.name, key: it.data.name }, "protected");
  return it.wait("0ms", { electable: [...done.electable], revision: it.data.revision + 1 });
}

/** Nothing to do for those who follow; one that is gone is rebuilt once nobody counts on its copy. */
async function rest(it: Watching, { servers, rebuild }: Means, { standings, redundancy }: Observed) {
  const { electable, name } = it.data;
  const lost = [...standings].find(([member, standing]) => standing === "gone" && (!electable.includes(member) || electable.length === 1));
  if (lost) {
    const [member] = lost;
    const patch = {
      members: withState(it.data, [member], "rebuilding"),
      electable: electable.filter((other) => other !== member),
      revision: it.data.revision + 1,
    };
    it.spawn(rebuild, { key: rebuildKey(name, member), input: { cluster: { ...it.data, ...patch }, member, tried: [], said: "" } });
    return it.wait("0ms", patch);
  }
  const isUneasy = [...standings.values()].includes("faltering");
  const watched = await Promise.all([it.data.primary, ...redundancy.following].map((member) => servers.of(it.data, member)));
  return it.wait(isUneasy ? "50ms" : "1s", undefined, servers.monitor.dropped(watched));
}

async function endedRebuilds(it: Watching): Promise<string[]> {
  const rebuilding = standbysOf(it.data).filter((member) => it.data.members[member]?.state === "rebuilding");
  if (rebuilding.length === 0) return [];
  const children = await it.children();
  const of = (member: string): Child | undefined => children.find((child) => child.key === rebuildKey(it.data.name, member));
  return rebuilding.filter((member) => of(member)?.status === "done");
}

function withState(cluster: Topology, members: readonly string[], state: "ready" | "rebuilding"): Topology["members"] {
  return Object.fromEntries(
    Object.entries(cluster.members).map(([member, record]) => [member, members.includes(member) ? { ...record, state } : record]),
  );
}
