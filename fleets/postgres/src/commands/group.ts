import type { CommandGroup } from "@fettle/engine";
import type { Servers } from "../cluster/servers.ts";
import { create } from "./create.ts";
import { destroy } from "./destroy.ts";
import { info } from "./info.ts";
import { ls } from "./ls.ts";
import { psql } from "./psql.ts";
import { url } from "./url.ts";

/** `fettle pg …` */
export const commands = (servers: Servers): CommandGroup => ({
  name: "pg",
  about: "Postgres databases that mend themselves",
  commands: [create(servers), ls, info(servers), url(servers), psql(servers), destroy],
});
