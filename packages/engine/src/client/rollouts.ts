import { randomInt } from "node:crypto";
import { FettleError } from "../error.ts";
import { milliseconds } from "../machine/duration.ts";
import { encode } from "../machine/json.ts";
import type { Machine } from "../machine/machine.ts";
import { parseInput, parseSignal } from "../machine/schema.ts";
import { edited } from "../policy/edit.ts";
import { firstStage, fractionOf, type RolloutAct } from "../policy/rollout.ts";
import type { Plan } from "../rollout/plan.ts";
import { rolloutName, spellAct } from "../rollout/rollout.ts";
import { freezeMembers } from "../store/freeze-members.ts";
import { countStates, listInstances } from "../store/list-instances.ts";
import { sendMessage } from "../store/send-message.ts";
import type { Session } from "../store/session.ts";
import { checkKey } from "../worker/visit.ts";
import type { Client } from "./client.ts";
import { accepted, noSuchState } from "./orders.ts";
import type { Actor } from "./request.ts";
import type { Rollout, RolloutRequest, Selection } from "./rollout.ts";
import { rolloutOf } from "./rollout-summary.ts";

interface Means {
  readonly session: Session;
  readonly machine: Machine;
  machineOf(name: string): Machine;
}

/** How many instances an act is tried on before it is begun. */
const samples = 5;

/** What a person does to many instances at once. */
export function rollouts({ session, machine, machineOf }: Means): Pick<Client, "startRollout" | "rollouts" | "rollout" | "goOn"> {
  const find = async (name: string): Promise<Rollout> => {
    const [found] = await listInstances(session, { machine: rolloutName, key: name }, 1);
    if (found) return rolloutOf(session, found);
    throw new FettleError("NO_SUCH_INSTANCE", `Cannot find the rollout ${name}: there is none`, { fix: "List them: fettle rollout ls" });
  };
  return {
    async startRollout(request) {
      const { selection, by, why } = request;
      const { machines, total } = await selected(session, request);
      const act = await checked(session, request, machines, machineOf);
      const plan = planOf({ ...request, act }, machines, total);
      const name = request.name ?? `${act.kind}-${letters()}`;
      checkKey(name);
      const { version, start } = machine;
      const data = encode(plan, "the rollout");
      const frozen = { key: name, version, state: start, data, selection, machines, done: act.kind === "start", by, why };
      if (await freezeMembers(session, frozen)) return find(name);
      throw new FettleError("ALREADY_RUNNING", `Cannot start the rollout ${name}: one of that name is not done`, {
        fix: `Look at it: fettle rollout show ${name}, or choose another name`,
      });
    },
    async rollouts() {
      const found = await listInstances(session, { machine: rolloutName }, 100);
      const all: Rollout[] = [];
      // One after the other: each may count many members.
      for (const instance of found.toSorted((one, other) => other.started - one.started)) all.push(await rolloutOf(session, instance));
      return all;
    },
    rollout: find,
    async goOn(name, actor: Actor) {
      const { state } = await find(name);
      const message = { machine: rolloutName, key: name, kind: "signal", name: "go", payload: null, ...actor } as const;
      if (state === "halted" && (await sendMessage(session, message))) return;
      throw new FettleError("NOT_HALTED", `Cannot let the rollout ${name} go on: it has not halted, it is ${state}`, {
        fix: `Look at it: fettle rollout show ${name}`,
      });
    },
  };
}

/** The machines of those that are selected, and how many there are. Throws NOTHING_SELECTED. */
async function selected(session: Session, { act, selection }: RolloutRequest): Promise<{ machines: string[]; total: number }> {
  const isMeant = (status: string) => (status === "done") === (act.kind === "start");
  const counts = (await countStates(session, selection)).filter(({ machine, status }) => machine !== rolloutName && isMeant(status));
  const total = counts.reduce((all, { count }) => all + count, 0);
  if (total > 0) return { machines: [...new Set(counts.map(({ machine }) => machine))], total };
  const which = act.kind === "start" ? "is done" : "is not done";
  throw new FettleError("NOTHING_SELECTED", `Cannot ${spellAct(act)} for many: no instance that ${which} matches`, {
    fix: "See what there is: fettle ls",
  });
}

/** The act, its payload as the machine takes it. What only the machine's code can tell is tried on a few of those it is for. */
async function checked(
  session: Session,
  { act, selection }: RolloutRequest,
  machines: readonly string[],
  machineOf: Means["machineOf"],
): Promise<RolloutAct> {
  switch (act.kind) {
    case "retry":
    case "cancel":
      return act;
    case "start":
      if (act.payload === undefined) return act;
      return { kind: act.kind, payload: JSON.parse(await parseInput(machineOf(only(act, machines)), act.payload)) };
    case "signal": {
      const payload = await parseSignal(machineOf(only(act, machines)), act.name, act.payload);
      return { kind: act.kind, name: act.name, ...(payload !== null && { payload: JSON.parse(payload) }) };
    }
    default:
      await tried(session, act, selection, machineOf(only(act, machines)));
      return act;
  }
}

async function tried(
  session: Session,
  act: Extract<RolloutAct, { kind: "move" | "edit" }>,
  selection: Selection,
  machine: Machine,
): Promise<void> {
  const sample = (await listInstances(session, selection, samples)).filter(({ status }) => status !== "done");
  for (const instance of sample) {
    if (act.kind === "move") {
      if (!Object.hasOwn(machine.transitions, act.name)) throw noSuchState(instance, machine, act.name);
      await accepted(machine, act.name, { ...JSON.parse(instance.data), ...act.payload }, instance);
    } else await accepted(machine, instance.state, edited(JSON.parse(instance.data), act.payload), instance);
  }
}

/** States, signals and data are those of one machine. */
function only(act: RolloutAct, machines: readonly string[]): string {
  const [first, ...others] = machines;
  if (first !== undefined && others.length === 0) return first;
  throw new FettleError("MIXED_SELECTION", `Cannot ${spellAct(act)} for instances of ${machines.join(" and ")} at once`, {
    fix: "Select those of one machine: -m NAME",
  });
}

/** Throws BAD_INPUT, BAD_DURATION. */
function planOf({ act, selection, first, gap = "1m", haltAt = "5%", by, why }: RolloutRequest, machines: string[], total: number): Plan {
  const size = first ?? firstStage(total);
  if (!Number.isInteger(size) || size < 1) {
    throw new FettleError("BAD_INPUT", `Cannot begin with ${size} instances`, { fix: "Begin with a whole number of 1 or more" });
  }
  milliseconds(gap);
  fractionOf(haltAt);
  return { act, selection, machines, first: size, gap, haltAt, stage: 1, size, accepted: 0, by, why };
}

/** Without those that are taken for one another. */
function letters(): string {
  const alphabet = "abcdefghjkmnpqrstuvwxyz23456789";
  return Array.from({ length: 4 }, () => alphabet[randomInt(alphabet.length)]).join("");
}
