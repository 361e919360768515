import { setTimeout as sleep } from "node:timers/promises";
import { type CommandCall, FettleError, type FleetCommand } from "@fettle/engine";
import { checkName, clusterMachine } from "./known.ts";

export const destroy: FleetCommand = {
  name: "destroy",
  about: "Destroy a database with all its data and copies; there is no way back",
  args: [{ usage: "<name>", about: "of the cluster" }],
  options: [{ flags: "--confirm <name>", about: "the name once more, where nobody can be asked" }],
  examples: ["fettle pg destroy scratch", "fettle pg destroy scratch --confirm scratch"],
  async run(call) {
    const name = String(call.args["name"]);
    checkName(name);
    const before = await call.client.show({ machine: clusterMachine, key: name });
    if (before.status === "done") {
      throw new FettleError("NO_SUCH_CLUSTER", `There is no cluster ${name}: it is ${before.state}`, { fix: "Look: fettle pg ls" });
    }
    await confirm(call, name);
    await call.client.signal({
      ref: { machine: clusterMachine, key: name },
      signal: "destroy",
      by: call.by,
      why: "fettle pg destroy",
    });
    await untilDestroyed(call, name);
    call.out.result({ name, destroyed: true }, `${name} and all its data are gone`);
  },
};

async function confirm(call: CommandCall, name: string): Promise<void> {
  const given = call.options["confirm"] ?? (await call.out.ask(`Destroys ${name} with all its data and copies. Type its name: `));
  if (given === name) return;
  throw new FettleError("NO_ANSWER", `Did not destroy ${name}: ${JSON.stringify(given)} is not its name`, {
    fix: `Type ${name}, or give --confirm ${name}`,
  });
}

async function untilDestroyed(call: CommandCall, name: string): Promise<void> {
  for (;;) {
    call.abort.throwIfAborted();
    const { status, state, error, children } = await call.client.show({ machine: clusterMachine, key: name });
    if (status === "stuck")
      throw new FettleError("STUCK", `${name} is stuck in ${state}: ${error?.message ?? ""}`, { fix: `Look: fettle show ${name}` });
    if (status === "done") {
      // What was stuck in mending it has nothing left to mend, and takes the word that it may go.
      for (const child of children.filter((one) => one.status === "stuck")) {
        await call.client.retry(child, { by: call.by, why: `${name} was destroyed` });
      }
      return;
    }
    await sleep(100);
  }
}
