import { FettleError, type InstanceDetail, type Machine, type Selector } from "@fettle/engine";
import { type Call, textOf } from "./command.ts";
import { labelsOf, refOf } from "./selector.ts";

/** The instance that a command is about, by its argument `key`. Throws NOT_RUNNING for one whose run is done. */
export async function targetOf(call: Call, act: string): Promise<InstanceDetail> {
  const { machines } = await call.setup();
  const client = await call.client();
  const instance = await client.show(refOf(String(call.args.key), machines, textOf(call.options.machine)));
  if (instance.status !== "done") return instance;
  const { key, run, machine } = instance;
  throw new FettleError("NOT_RUNNING", `Cannot ${act} ${key}: run ${run} of ${machine} is done`, {
    fix: `Start it anew: fettle start ${machine} ${key}`,
  });
}

/** The instances that a rule is for: one by its key, or all that have the machine and labels; all of them only when it was said. Throws USAGE. */
export function selectorOf(call: Call, machines: readonly Machine[], act: string): Selector {
  const key = textOf(call.args.key);
  const machine = textOf(call.options.machine);
  const labels = labelsOf(call);
  if (key !== undefined && labels !== undefined) throw unclear(act, "a key and labels were both given");
  if (key !== undefined) return refOf(key, machines, machine);
  if (machine === undefined && labels === undefined && call.options.all !== true) throw unclear(act, "nothing was selected");
  return { ...(machine !== undefined && { machine }), ...(labels !== undefined && { labels }) };
}

export const allOption = { flags: "--all", about: "everything there is" };

function unclear(act: string, problem: string): FettleError {
  return new FettleError("USAGE", `Cannot tell what to ${act}: ${problem}`, { fix: "Name a key, or select with -m and -l, or say --all" });
}
