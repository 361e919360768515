import type { FleetCommand } from "@fettle/engine";
import type { Servers } from "../cluster/servers.ts";
import { addressOf, withPassword } from "./address.ts";
import { known } from "./known.ts";

export const url = (servers: Servers): FleetCommand => ({
  name: "url",
  about: "Print the address for clients; it holds a password, and stays the same after a failover",
  args: [{ usage: "<name>", about: "of the cluster" }],
  examples: ["fettle pg url prod-1", 'psql "$(fettle pg url prod-1)"'],
  async run({ client, args, out }) {
    const { cluster } = await known(client, String(args["name"]));
    const text = withPassword(await addressOf(servers, cluster));
    out.result({ name: cluster.name, url: text }, text);
  },
});
