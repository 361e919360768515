import { FettleError, failureOf } from "../error.ts";
import { deadlineChanges } from "../machine/deadline.ts";
import { encode } from "../machine/json.ts";
import type { Machine } from "../machine/machine.ts";
import { parse } from "../machine/schema.ts";
import { changesOf, type Edit, edited } from "../policy/edit.ts";
import type { CommandKind, InboxRow, InstanceRow } from "../store/change.ts";
import { type Attempted, calmed, change, history, patched, refuseLacking } from "./conclude.ts";
import type { World } from "./visit.ts";

type Changed = Extract<Attempted, { kind: "change" }>;
type Command = InboxRow & { readonly kind: CommandKind };

/** What a person has ordered and is not yet done: an end goes before all else, then the oldest. */
export function commandIn(row: InstanceRow): Command | undefined {
  if (row.inbox.length === 0) return undefined;
  const commands = row.inbox.filter((message): message is Command => message.run === row.run && isOrder(message.kind));
  return commands.find(({ kind }) => kind === "cancel") ?? commands[0];
}

export function isOrder(kind: InboxRow["kind"]): kind is CommandKind {
  return kind === "retry" || kind === "move" || kind === "edit" || kind === "cancel";
}

/** True for what makes the handler's outcome void: it is aborted. */
export function isUrgent(kind: InboxRow["kind"]): boolean {
  return kind === "move" || kind === "cancel";
}

/**
 * What a command changes, in a commit of its own. Never throws: what cannot be done any more, because the instance went on since it
 * was ordered, is refused in history. `machine` is undefined where this code does not know it: anything but an end needs its code.
 */
export async function obey(row: InstanceRow, command: Command, machine: Machine | undefined, world: World): Promise<Changed> {
  const { change } = await obeyed(row, command, machine, world).catch((error: unknown) => refused(row, error, world));
  const { by, why, id } = command;
  const same = command.kind === "retry" ? row.inbox.filter(({ kind }) => kind === "retry").map((message) => message.id) : [id];
  return {
    kind: "change",
    change: {
      ...change,
      history: change.history && { ...change.history, by, why },
      effects: { ...change.effects, consumed: same },
    },
  };
}

async function obeyed(row: InstanceRow, command: Command, machine: Machine | undefined, world: World): Promise<Changed> {
  if (command.kind === "cancel") return cancelled(row);
  if (!machine) throw new FettleError("NO_SUCH_MACHINE", `Cannot ${command.kind} ${row.key}: no worker knows ${row.machine}`);
  switch (command.kind) {
    case "retry":
      return retried(row, world);
    case "move":
      return moved(row, command, machine, world);
    case "edit":
      return edit(row, command, machine, world);
    default:
      return command.kind satisfies never;
  }
}

/** The instance leaves stuck, and its attempts count anew. */
function retried(row: InstanceRow, world: World): Changed {
  return change(row, row, {
    due: world.now(),
    error: row.error,
    history: history(row, "retried", 0),
    effects: { calmed: [{ kind: "stuck", cause: null }] },
  });
}

/** To any state of the machine: the table binds handlers, not people. */
async function moved(row: InstanceRow, command: Command, machine: Machine, world: World): Promise<Changed> {
  const state = command.name ?? "";
  if (!Object.hasOwn(machine.transitions, state)) throw noSuchState(row, machine, state);
  const data = await patched(row, machine, JSON.parse(command.payload ?? "{}"));
  refuseLacking(row, machine, state, data ?? row.data);
  const { arm, disarm } = deadlineChanges(machine, row.state, state);
  return change(row, row, {
    state,
    entered: true,
    due: world.now(),
    data,
    history: history(row, "moved", 0),
    effects: { arm, disarm, calmed: [{ kind: "stuck", cause: null }, ...calmed(row, disarm)] },
  });
}

/** The handler looks again at once, unless it is stuck: then it stays so until a retry. */
async function edit(row: InstanceRow, command: Command, machine: Machine, world: World): Promise<Changed> {
  const before: unknown = JSON.parse(row.data);
  const wanted = edited(before as object, JSON.parse(command.payload ?? "{}") as Edit);
  const data = encode(await parse(machine.data, wanted, "data", "BAD_DATA"), "data");
  refuseLacking(row, machine, row.state, data);
  const detail = encode(changesOf(before as object, JSON.parse(data)), "the edit");
  return asItWas(row, world, { data, history: { ...history(row, "edited", 0), detail } });
}

/** The run ends where it is; nothing of the machine runs any more. */
function cancelled(row: InstanceRow): Changed {
  return change(row, row, {
    status: "done",
    due: null,
    history: history(row, "cancelled", 0),
    effects: {
      calmed: [
        { kind: "stuck", cause: null },
        { kind: "deadline", cause: null },
      ],
    },
  });
}

function refused(row: InstanceRow, error: unknown, world: World): Changed {
  return asItWas(row, world, { history: { ...history(row, "refused", 0), detail: encode(failureOf(error), "error") } });
}

function asItWas(row: InstanceRow, world: World, what: Parameters<typeof change>[2]): Changed {
  const { status, attempt, firstFailure, error } = row;
  return change(row, row, { status, attempt, firstFailure, error, due: status === "stuck" ? null : world.now(), ...what });
}

function noSuchState(row: InstanceRow, machine: Machine, state: string): FettleError {
  return new FettleError("NO_SUCH_STATE", `Cannot move ${row.key} to ${state}: ${machine.name} has no such state`, {
    fix: `Move it to one of ${Object.keys(machine.transitions).join(", ")}`,
  });
}
