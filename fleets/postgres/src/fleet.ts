import { isAbsolute, resolve } from "node:path";
import type { Fleet } from "@fettle/engine";
import { cluster } from "./cluster/machine.ts";
import { Servers } from "./cluster/servers.ts";
import { commands } from "./commands/group.ts";
import { failover } from "./failover/machine.ts";
import { type HostMaker, local } from "./host/local.ts";
import { rebuild } from "./rebuild/machine.ts";
import { restart } from "./restart/machine.ts";

export interface PostgresOptions {
  /**
   * Where clusters live, each in a folder of its name. Everybody must be allowed to enter its parents, for Postgres does not run
   * as root. Default `/var/lib/fettle/postgres`.
   */
  readonly folder?: string;
  /** Where servers run. Default `[local()]`. */
  readonly hosts?: readonly HostMaker[];
}

/** Postgres as a service: `fettle pg create`, and the machines that keep what it created alive. */
export function postgres(options: PostgresOptions = {}): Fleet {
  const folder = options.folder ?? "/var/lib/fettle/postgres";
  const servers = new Servers(isAbsolute(folder) ? folder : resolve(folder), options.hosts ?? [local()]);
  const menders = { restart: restart(servers), failover: failover(servers), rebuild: rebuild(servers) };
  const machines = [cluster({ servers, ...menders }), ...Object.values(menders)];
  return { name: "postgres", machines: machines, commands: commands(servers) };
}
