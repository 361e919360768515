import { examine, FettleError, type Finding, failureOf, openStore } from "@fettle/engine";
import type { Setup } from "../config/load.ts";
import { createHttpClient } from "../connect/http-client.ts";
import { readUpFile } from "../connect/up-file.ts";
import { exit } from "../exit.ts";
import { bold, green, red, yellow } from "../output/paint.ts";
import type { Call, Command } from "./command.ts";

export const doctor: Command = {
  name: "doctor",
  about: "Look for what is wrong with the store, the workers and the way to the pager",
  examples: ["fettle doctor", "fettle doctor --json"],
  async run(call) {
    const setup = await call.setup();
    const findings = [...(await examineStore(setup)), await checkPager(call, setup)];
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

async function checkPager(call: Call, { paging }: Setup): Promise<Finding> {
  const check = "pager";
  if (!paging.pager) {
    return {
      check,
      verdict: "warn",
      say: "A page is only a line in the log",
      fix: "Give pager in fettle.config.ts, so that it reaches a person",
    };
  }
  try {
    await using client = await call.client();
    const ways = await client.ways();
    const failing = ways.filter((way) => way.failing !== null).map(({ name }) => name);
    if (failing.length > 0) return { check, verdict: "fail", say: `Nothing gets through by ${failing.join(", ")}`, fix: prove };
    const unproven = ways.filter((way) => way.worked === null).map(({ name }) => name);
    if (ways.length > 0 && unproven.length === 0) return { check, verdict: "ok", say: `Works: ${ways.map(({ name }) => name).join(", ")}` };
    const what = ways.length === 0 ? "No worker has told its ways yet" : `Nothing was delivered yet by ${unproven.join(", ")}`;
    return { check, verdict: "warn", say: what, fix: prove };
  } catch (error) {
    return { check, verdict: "fail", say: `Not known: ${failureOf(error).message}`, fix: "Mend the store first" };
  }
}

const prove = "Prove the way: fettle pages test";
