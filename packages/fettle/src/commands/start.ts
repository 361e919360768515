import { type Client, FettleError, type Machine, type StartRequest } from "@fettle/engine";
import { exit } from "../exit.ts";
import { nearest } from "../nearest.ts";
import { type Call, type Command, textOf } from "./command.ts";
import { jsonOf } from "./json-argument.ts";
import { sayIfNobodyWorks } from "./nobody-works.ts";
import { labelsOf } from "./selector.ts";
import { dryRunOption } from "./why.ts";

export const start: Command = {
  name: "start",
  about: "Start a machine on a thing",
  args: [
    { usage: "<machine>", about: "its name, as in the config" },
    { usage: "<key>", about: "names the thing, for example prod-1" },
  ],
  options: [
    { flags: "--input <json>", about: "the machine's first data", fallback: "{}" },
    { flags: "-l, --label <key=value>", about: "a label to find it by; may be repeated", many: true },
    { flags: "--why <reason>", about: "kept in history" },
    dryRunOption,
  ],
  examples: ["fettle start heartbeat web-1", `fettle start postgres/failover prod-1 --input '{"cluster":"prod-1"}' -l region=eu`],
  async run(call) {
    const { machines } = await call.setup();
    const machine = machineNamed(machines, String(call.args.machine));
    const request = requestOf(call, machine);
    const client = await call.client();
    if (call.options.dryRun === true) return rehearse(call, client, machine, request);
    const started = await client.start(request);
    call.out.result(started, `Started ${started.machine} ${started.key}, run ${started.run}`);
    await sayIfNobodyWorks(call, client, `Watch it: fettle watch ${started.key}`);
    return exit.done;
  },
};

/** The machine of that name in the config. Throws NO_SUCH_MACHINE, with the nearest. */
export function machineNamed(machines: readonly Machine[], name: string): Machine {
  const found = machines.find((machine) => machine.name === name);
  if (found) return found;
  const names = machines.map((machine) => machine.name);
  const near = nearest(name, names);
  const list = names.length > 0 ? `Use one of ${names.join(", ")}` : "Add it to machines or fleets in fettle.config.ts";
  throw new FettleError("NO_SUCH_MACHINE", `Cannot find the machine ${name}: the config has none of that name`, {
    fix: near === undefined ? list : `Did you mean ${near}?`,
  });
}

function requestOf(call: Call, machine: Machine): StartRequest {
  return {
    machine: machine.name,
    key: String(call.args.key),
    input: jsonOf("--input", textOf(call.options.input) ?? "{}"),
    labels: labelsOf(call) ?? {},
    by: call.by,
    why: textOf(call.options.why) ?? "",
  };
}

async function rehearse(call: Call, client: Client, machine: Machine, request: StartRequest) {
  const checked = await machine.data["~standard"].validate(request.input);
  if (checked.issues) {
    const problems = checked.issues.map((issue) => `${["data", ...(issue.path ?? []).map(String)].join(".")}: ${issue.message}`);
    throw new FettleError("BAD_DATA", `Cannot start ${machine.name} ${request.key}: ${problems.join("; ")}`, { fix: "Mend --input" });
  }
  const [last] = (await client.list({ machine: machine.name, key: request.key, limit: 1 })).instances;
  if (last && last.status !== "done") {
    throw new FettleError("ALREADY_RUNNING", `Cannot start ${machine.name} ${request.key}: its run ${last.run} is not done`, {
      fix: `Look at it: fettle show ${request.key}`,
    });
  }
  const run = (last?.run ?? 0) + 1;
  const would = { dryRun: true, machine: machine.name, key: request.key, run, state: machine.start };
  call.out.result(would, `Would start ${would.machine} ${would.key}, run ${run}, in ${machine.start}`);
  return exit.done;
}
