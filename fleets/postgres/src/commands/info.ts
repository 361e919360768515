import type { FleetCommand } from "@fettle/engine";
import type { Servers } from "../cluster/servers.ts";
import type { Topology } from "../cluster/topology.ts";
import { judge, type Look } from "../watch/look.ts";
import { known } from "./known.ts";

export const info = (servers: Servers): FleetCommand => ({
  name: "info",
  about: "Show a database: its members as they are now, and how safe its commits are",
  args: [{ usage: "<name>", about: "of the cluster" }],
  examples: ["fettle pg info prod-1", "fettle pg info prod-1 --json"],
  async run({ client, args, out }) {
    const { instance, cluster } = await known(client, String(args["name"]));
    const look = await servers.monitor.look(await servers.of(cluster, cluster.primary), true);
    const members = await Promise.all(Object.keys(cluster.members).map((member) => describe(servers, cluster, member, look)));
    const value = {
      name: cluster.name,
      state: instance.state,
      status: instance.status,
      since: instance.since,
      postgres: cluster.major,
      sync: cluster.sync,
      primary: cluster.primary,
      primaryIs: judge(look),
      timeline: cluster.timeline,
      electable: cluster.electable,
      protection: protection(cluster),
      members,
    };
    out.result(value, text(value));
  },
});

interface Member {
  readonly member: string;
  readonly role: "primary" | "standby";
  readonly host: string;
  readonly port: number;
  readonly process: Look["process"];
  readonly replication: "-" | "streaming" | "catching up" | "away" | "rebuilding";
  /** Bytes; null where nobody knows. */
  readonly lag: number | null;
}

async function describe(servers: Servers, cluster: Topology, member: string, look: Look): Promise<Member> {
  const server = await servers.of(cluster, member);
  const row = look.answer.kind === "ok" ? look.answer.standbys.find((standby) => standby.member === member) : undefined;
  const { host, port, state } = cluster.members[member] as Topology["members"][string];
  const isPrimary = member === cluster.primary;
  const away = state === "rebuilding" ? "rebuilding" : "away";
  return {
    member,
    role: isPrimary ? "primary" : "standby",
    host,
    port,
    process: await servers.monitor.process(server),
    replication: isPrimary ? "-" : row ? (row.streaming ? "streaming" : "catching up") : away,
    lag: row ? row.lag : null,
  };
}

/** A sentence: what an acknowledged commit is worth now. */
export function protection({ sync, electable, standbys }: Topology): string {
  if (standbys === 0) return "one copy holds the data: there is no standby";
  const copies = electable.join(" or ");
  if (electable.length === 0) {
    return sync === "strict"
      ? "one copy holds the data; writes wait until a standby has them too"
      : "one copy holds the data until a standby is proven again";
  }
  if (sync === "off") return `a failover to ${copies} may lose the last commits, 16 MiB of them at most`;
  return `each acknowledged commit is on ${copies} too`;
}

interface Info {
  readonly name: string;
  readonly state: string;
  readonly status: string;
  readonly postgres: number;
  readonly sync: string;
  readonly primaryIs: string;
  readonly timeline: number;
  readonly protection: string;
  readonly members: readonly Member[];
}

function text(value: Info): string {
  const head = [
    `${value.name}  ${value.status === "stuck" ? `stuck in ${value.state}` : value.state}; its primary is ${value.primaryIs}`,
    `  postgres    ${value.postgres}, timeline ${value.timeline}`,
    `  sync        ${value.sync}`,
    `  protection  ${value.protection}`,
  ];
  const members = value.members.map(
    ({ member, role, host, port, process, replication, lag }) =>
      `  ${member}  ${role.padEnd(8)} ${host}:${port}  ${process}${role === "primary" ? "" : `, ${replication}${lag === null ? "" : `, ${lag} bytes behind`}`}`,
  );
  return [...head, ...members].join("\n");
}
