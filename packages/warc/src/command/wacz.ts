import type { AddCommand } from "./command.ts";
import { addWaczCreate } from "./wacz-create.ts";
import { addWaczLs } from "./wacz-ls.ts";
import { addWaczSign } from "./wacz-sign.ts";
import { addWaczValidate } from "./wacz-validate.ts";
import { addWaczVerify } from "./wacz-verify.ts";

/** `warc wacz`: files that hold archives with their index and pages, and are read in place. */
export const addWacz: AddCommand = (program, ended) => {
  const wacz = program.command("wacz").description("makes, lists, validates, signs and verifies WACZ files");
  for (const add of [addWaczCreate, addWaczLs, addWaczValidate, addWaczSign, addWaczVerify]) add(wacz, ended);
};
