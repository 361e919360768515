import { FettleError } from "../error.ts";
import { encode } from "../machine/json.ts";
import type { Machine } from "../machine/machine.ts";
import { lacking } from "../machine/needs.ts";
import { parse } from "../machine/schema.ts";
import { changesOf, edited } from "../policy/edit.ts";
import type { SeenInstance } from "../store/list-instances.ts";
import { readLine } from "../store/read-line.ts";
import { type Message, sendMessage } from "../store/send-message.ts";
import type { Session } from "../store/session.ts";
import type { Client } from "./client.ts";
import { notRunning } from "./not-running.ts";
import type { Actor, AnswerRequest, EditRequest, MoveRequest, Ref } from "./request.ts";

interface Means {
  readonly session: Session;
  find(ref: Ref): Promise<SeenInstance>;
  machineOf(name: string): Machine;
}

/**
 * What a person does to one instance. Each is checked against the instance as it is now, and then lies in its inbox for its owner,
 * who checks it again.
 */
export function orders({ session, find, machineOf }: Means): Pick<Client, "retry" | "move" | "edit" | "cancel" | "answer"> {
  const send = async (
    instance: SeenInstance,
    { by, why }: Actor,
    order: Pick<Message, "kind"> & Partial<Pick<Message, "name" | "payload">>,
  ): Promise<void> => {
    const { machine, key } = instance;
    const sent = await sendMessage(session, { machine, key, name: null, payload: null, by, why, ...order });
    if (!sent) throw notRunning(instance, order.kind);
  };
  const living = async (ref: Ref, act: string): Promise<SeenInstance> => {
    const instance = await find(ref);
    if (instance.status === "done") throw notRunning(instance, act);
    return instance;
  };

  return {
    async retry(ref, actor) {
      await send(await find(ref), actor, { kind: "retry" });
    },
    async cancel(ref, actor) {
      await send(await find(ref), actor, { kind: "cancel" });
    },
    async answer(request: AnswerRequest) {
      const instance = await living(request.ref, "answer");
      const [place] = await readLine(session, [instance.id]);
      if (place?.kind !== "ask") {
        throw new FettleError("NOT_ASKED", `Cannot ${request.answer} ${instance.key}: it does not wait for anybody to approve`, {
          fix: `Look at what it waits for: fettle show ${instance.key}`,
        });
      }
      await send(instance, request, { kind: request.answer, name: place.wants });
    },
    async move(request: MoveRequest) {
      const instance = await living(request.ref, "move");
      const machine = machineOf(instance.machine);
      const { state, patch = {} } = request;
      if (!Object.hasOwn(machine.transitions, state)) throw noSuchState(instance, machine, state);
      await accepted(machine, state, { ...JSON.parse(instance.data), ...patch }, instance);
      await send(instance, request, { kind: "move", name: state, payload: encode(patch, "the patch") });
    },
    async edit(request: EditRequest) {
      const instance = await living(request.ref, "edit");
      const machine = machineOf(instance.machine);
      const { set, remove } = request;
      const before = JSON.parse(instance.data) as object;
      const after = await accepted(machine, instance.state, edited(before, { set, remove }), instance);
      const changes = changesOf(before, after);
      if (changes.length > 0) await send(instance, request, { kind: "edit", payload: encode({ set, remove }, "the edit") });
      return changes;
    },
  };
}

/** Data as the machine would keep it in a state. */
export async function accepted(machine: Machine, state: string, data: object, { key }: SeenInstance): Promise<object> {
  const parsed = JSON.parse(encode(await parse(machine.data, data, "data", "BAD_DATA"), "data")) as object;
  const fields = lacking(machine.needs, state, parsed);
  if (fields.length === 0) return parsed;
  throw new FettleError("NEEDS_DATA", `Cannot leave ${key} in ${state} with data that lacks ${fields.join(" and ")}: the state needs it`, {
    fix: `Give ${fields.join(" and ")} too`,
  });
}

export function noSuchState({ key }: SeenInstance, machine: Machine, state: string): FettleError {
  return new FettleError("NO_SUCH_STATE", `Cannot move ${key} to ${state}: ${machine.name} has no such state`, {
    fix: `Move it to one of ${Object.keys(machine.transitions).join(", ")}`,
  });
}
