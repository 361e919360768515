import { setTimeout as sleep } from "node:timers/promises";
import { follows } from "../server/pulse.ts";
import { setReplication } from "../server/replication.ts";
import { controlLogin } from "../server/secrets.ts";
import type { Server } from "../server/server.ts";
import { withSession } from "../server/session.ts";
import { judge, type Serving } from "../watch/look.ts";
import type { Step } from "./protection.ts";
import type { Servers } from "./servers.ts";
import type { Topology } from "./topology.ts";

/** `look again`: the world was changed, or did not do what was asked; `elect`: commit this. */
export type Protected = { readonly kind: "look again" } | { readonly kind: "elect"; readonly electable: readonly string[] };

/** Does one step of protection to the world, as far as it can be done without a commit. */
export async function takeStep(
  step: Exclude<Step, { kind: "keep" }>,
  cluster: Topology,
  servers: Servers,
  abort: AbortSignal,
): Promise<Protected> {
  const primary = await servers.of(cluster, cluster.primary);
  switch (step.kind) {
    case "elect":
      return step;
    case "await":
      return waitFor(step.members, cluster.revision, primary, servers);
    case "prove": {
      const member = await servers.of(cluster, step.member);
      const isProven = await withSession(primary.address, controlLogin(primary.secrets), (session) =>
        follows(session, member, 2_000, abort),
      );
      return isProven ? takeStep(step.next, cluster, servers, abort) : { kind: "look again" };
    }
    case "settle":
      return (await settle(step.members, cluster, primary, servers, abort)) ? step.next : { kind: "look again" };
    default:
      return step satisfies never;
  }
}

async function waitFor(members: readonly string[], revision: number, primary: Server, servers: Servers): Promise<Protected> {
  await setReplication(primary, { synchronous: members }, revision);
  const end = Date.now() + 1_000;
  while (Date.now() < end) {
    const { answer } = await servers.monitor.look(primary);
    if (answer.kind !== "ok" || same(answer.synchronous, members)) break;
    await sleep(5);
  }
  return { kind: "look again" };
}

/**
 * Whether, from now on, no commit is acknowledged without one of `members`, and one of them has all commits before. It is not
 * enough that a session shows the setting. Whether commits wait at all is published by the checkpointer, when it has read the
 * configuration: a connection made now is younger than the signal to it, and a CHECKPOINT asked for now begins after it was
 * read. For whom they wait is each walsender's own reading.
 */
async function settle(
  members: readonly string[],
  cluster: Topology,
  primary: Server,
  servers: Servers,
  abort: AbortSignal,
): Promise<boolean> {
  // A worker that slept since before this may not undo it: the file is now of the revision that will be committed.
  await setReplication(primary, { synchronous: members }, cluster.revision + 1);
  return withSession(primary.address, controlLogin(primary.secrets), async (session) => {
    await session.query("checkpoint", [], 20_000);
    const look = await servers.monitor.look(primary);
    if (judge(look) !== "well" || look.answer.kind !== "ok" || !isAwaited(look.answer, members)) return false;
    for (const member of members) {
      if (await follows(session, await servers.of(cluster, member), 2_000, abort)) return true;
    }
    return false;
  });
}

function isAwaited(answer: Serving, members: readonly string[]): boolean {
  const awaited = answer.standbys.filter((standby) => standby.awaited).map((standby) => standby.member);
  return same(answer.synchronous, members) && awaited.length > 0 && awaited.every((member) => members.includes(member));
}

function same(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((member) => other.includes(member));
}
