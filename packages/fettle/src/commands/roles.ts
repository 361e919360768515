import { rolesScript } from "@fettle/engine";
import { exit } from "../exit.ts";
import type { Command } from "./command.ts";

export const roles: Command = {
  name: "roles",
  about: "Print the SQL that makes roles of few rights: caller, reader, worker",
  examples: ["fettle roles", 'fettle roles | psql "$DATABASE_URL"'],
  async run(call) {
    call.out.result({ sql: rolesScript }, rolesScript.trimEnd());
    return exit.done;
  },
};
