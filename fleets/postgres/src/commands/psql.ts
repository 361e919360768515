import { spawn } from "node:child_process";
import { once } from "node:events";
import { FettleError, type FleetCommand } from "@fettle/engine";
import type { Servers } from "../cluster/servers.ts";
import { addressOf } from "./address.ts";
import { known } from "./known.ts";

export const psql = (servers: Servers): FleetCommand => ({
  name: "psql",
  about: "Open psql on the primary, as the user app",
  args: [
    { usage: "<name>", about: "of the cluster" },
    { usage: "[args...]", about: "for psql, after --" },
  ],
  interactive: true,
  examples: ["fettle pg psql prod-1", "fettle pg psql prod-1 -- -c 'select now()'"],
  async run({ client, args }) {
    const { cluster } = await known(client, String(args["name"]));
    const address = await addressOf(servers, cluster);
    const { folder } = await (await servers.firstHost()).programs(cluster.major);
    const rest = args["args"] ?? [];
    const child = spawn(`${folder}/psql`, [address.url, ...(typeof rest === "string" ? [rest] : rest)], {
      stdio: "inherit",
      // Arguments are seen by everybody on the machine, the environment by its owner alone.
      env: { ...process.env, PGPASSWORD: address.password },
    });
    const [code, signal] = (await once(child, "exit")) as [number | null, string | null];
    if (code !== 0) throw new FettleError("COMMAND_FAILED", `psql ended with ${code ?? signal}`);
  },
});
