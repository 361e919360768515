import { examine, FettleError, type Finding, failureOf, openStore } from "@fettle/engine";
import type { Setup } from "../config/load.ts";
import { createHttpClient } from "../connect/http-client.ts";
import { readUpFile } from "../connect/up-file.ts";
import { exit } from "../exit.ts";
import { bold, green, red, yellow } from "../output/paint.ts";
import type { Command } from "./command.ts";

export const doctor: Command = {
  name: "doctor",
  about: "Look for what is wrong with the store, the workers and the way to the pager",
  examples: ["fettle doctor", "fettle doctor --json"],
  async run(call) {
    const setup = await call.setup();
    const findings = [...(await examineStore(setup)), await checkPager(setup)];
    const isFailing = findings.some(({ verdict }) => verdict === "fail");
    call.out.table(
      findings.map(({ check, verdict, say, fix = "" }) =>
        call.out.terminal
          ? { CHECK: bold(check), IS: paints[verdict](verdict), SAYS: say, FIX: fix }
          : { CHECK: check, IS: verdict, SAYS: say, FIX: fix.replaceAll("\n", " ") },
      ),
      findings,
    );
    return isFailing ? exit.failed : exit.done;
  },
};

const paints = { ok: green, warn: yellow, fail: red };

async function examineStore(setup: Setup): Promise<readonly Finding[]> {
  try {
    await using store = await openStore(setup.store);
    return await examine(store);
  } catch (error) {
    if (error instanceof FettleError && error.code === "STORE_HELD" && "folder" in setup.store)
      return [await askRunning(setup.store.folder)];
    const { message, fix } = failureOf(error);
    return [{ check: "store", verdict: "fail", say: message, ...(fix && { fix }) }];
  }
}

/** The embedded store belongs to the process that has it: that one is asked whether it works. */
async function askRunning(folder: string): Promise<Finding> {
  const address = readUpFile(folder);
  try {
    if (!address) throw new FettleError("STORE_HELD", "Another process has the store, and gives no address");
    const workers = await createHttpClient(address.url).workers();
    return {
      check: "store",
      verdict: "ok",
      say: `fettle up answers at ${address.url}, with ${workers.length} worker; stop it to look into its store`,
    };
  } catch (error) {
    return { check: "store", verdict: "fail", say: failureOf(error).message, fix: "Start it anew: fettle up" };
  }
}

async function checkPager({ pager }: Setup): Promise<Finding> {
  const check = "pager";
  if (!pager) {
    return {
      check,
      verdict: "warn",
      say: "A page is only a line in the log",
      fix: "Give pager in fettle.config.ts, so that it reaches a person",
    };
  }
  if (!pager.check) return { check, verdict: "ok", say: "One is set; whether it reaches anybody is not known" };
  try {
    await pager.check();
    return { check, verdict: "ok", say: "The way to it works" };
  } catch (error) {
    return { check, verdict: "fail", say: failureOf(error).message, fix: "Mend the way to the pager: no page would reach anybody" };
  }
}
