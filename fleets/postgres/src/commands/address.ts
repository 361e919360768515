import type { Servers } from "../cluster/servers.ts";
import type { Topology } from "../cluster/topology.ts";

/** What a client of a cluster needs, the password apart: it must not get into process lists. */
export interface ClientAddress {
  /** Without a password. It names all members and asks for the one that takes writes, so that it is the same after a failover. */
  readonly url: string;
  readonly password: string;
}

export async function addressOf(servers: Servers, cluster: Topology): Promise<ClientAddress> {
  const all = await servers.all(cluster);
  const hosts = all.map(({ address }) => `${address.host}:${address.port}`).join(",");
  return {
    url: `postgresql://app@${hosts}/${cluster.name}?target_session_attrs=read-write&connect_timeout=2`,
    password: all[0]?.secrets.app ?? "",
  };
}

/** The address with its password, for the person or program that asked for it. */
export function withPassword({ url, password }: ClientAddress): string {
  return url.replace("://app@", `://app:${password}@`);
}
