import { type Duration, FettleError, type RolloutAct, type RolloutRequest, type Selection, type Share } from "@fettle/engine";
import { actorIn, type Body, labelsIn, objectIn, someText, textIn, textsIn } from "./body.ts";
import { statusNamed } from "./filter.ts";

/** What a rollout does, to whom and how fast. The engine reads the texts of durations and shares. Throws BAD_INPUT, USAGE. */
export function rolloutIn(body: Body): RolloutRequest {
  const first = body["first"];
  if (first !== undefined && typeof first !== "number") {
    throw new FettleError("BAD_INPUT", `Cannot begin with ${JSON.stringify(first)} instances`, { fix: 'Send "first" as a number' });
  }
  return {
    act: actIn(objectIn(body, "act") ?? {}),
    selection: selectionIn(objectIn(body, "selection") ?? {}),
    name: someText(body, "name"),
    first,
    gap: someText(body, "gap") as Duration | undefined,
    haltAt: someText(body, "haltAt") as Share | undefined,
    ...actorIn(body),
  };
}

function actIn(act: Body): RolloutAct {
  const kind = textIn(act, "kind");
  switch (kind) {
    case "retry":
    case "cancel":
      return { kind };
    case "move":
      return { kind, name: textIn(act, "name"), payload: objectIn(act, "payload") };
    case "signal":
      return { kind, name: textIn(act, "name"), payload: act["payload"] };
    case "start":
      return { kind, payload: objectIn(act, "payload") };
    case "edit": {
      const payload = objectIn(act, "payload") ?? {};
      return { kind, payload: { set: objectIn(payload, "set"), remove: textsIn(payload, "remove") } };
    }
    default:
      throw new FettleError("BAD_INPUT", `Cannot roll out "${kind}"`, { fix: "Use retry, cancel, move, edit, signal or start" });
  }
}

function selectionIn(selection: Body): Selection {
  const status = someText(selection, "status");
  return {
    machine: someText(selection, "machine"),
    key: someText(selection, "key"),
    state: someText(selection, "state"),
    status: status === undefined ? undefined : statusNamed(status),
    labels: labelsIn(selection),
  };
}
