import { milliseconds } from "../machine/duration.ts";
import { none } from "../machine/it.ts";
import { encode } from "../machine/json.ts";
import { type Machine, machine } from "../machine/machine.ts";
import { haltReason, type RolloutAct } from "../policy/rollout.ts";
import { actOnMembers } from "../store/act-on-members.ts";
import { openBreakers } from "../store/open-breakers.ts";
import { type Orders, rolloutProgress } from "../store/rollout-progress.ts";
import type { Session } from "../store/session.ts";
import { type Plan, plan } from "./plan.ts";

/** The built-in machine that every worker knows. */
export const rolloutName = "fettle/rollout";

/** Who was told to do something gets this many milliseconds beyond the gap to obey. */
const patience = 60_000;

/**
 * Applies one act to many instances, in stages: a first few, then twice as many each time, each stage judged after a gap.
 * What it is for was frozen when it started; the members are marked as they are acted upon, so that a second attempt goes on where
 * the first one died.
 */
export function rollout({ store }: { readonly store: Session }): Machine {
  return machine({
    name: rolloutName,
    about: "Applies one change to many instances, in stages, and halts by itself",
    data: plan,
    signals: { go: none },
    start: "acting",
    transitions: {
      acting: ["watching", "halted", "finished"],
      watching: ["acting", "halted", "finished"],
      halted: ["acting"],
      finished: [],
    },
    policy: { halted: { on: { go: "acting" } } },
    deadlines: [{ in: ["halted"], reach: "acting", within: "1ms", page: { severity: "warning", say: "A rollout has halted" } }],
    note: ({ act, reason }) => `${spellAct(act)}${reason === undefined ? "" : `; halted last: ${reason}`}`,
    states: {
      /** One bite an attempt, so that a pause or an end comes between any two. */
      async acting(it) {
        // Only what is said once it has halted lets it go on.
        it.take("go");
        const breakers = await openBreakers(store, it.data.machines);
        if (breakers !== undefined) return it.to("halted", { reason: breakers });
        const { stage, size, act, selection } = it.data;
        const { state = null, status = null } = selection;
        const message = messageOf(act);
        const bitten = await actOnMembers(store, {
          ...ordersOf(it),
          token: it.token,
          stage,
          size,
          act: message,
          state,
          status,
        });
        if (bitten === undefined) return it.wait("1s");
        if (bitten.room > 0 && bitten.acted + bitten.passed > 0) return it.wait("0ms");
        return it.to(bitten.room < size ? "watching" : "finished");
      },

      async watching(it) {
        it.take("go");
        const { gap, haltAt, stage, size, first, accepted, machines } = it.data;
        const judged = it.since.getTime() + milliseconds(gap);
        if (it.now().getTime() < judged) return it.wait(new Date(judged));
        const { stages, rest } = await rolloutProgress(store, ordersOf(it));
        const isWaiting = stages.some(({ waiting }) => waiting > 0);
        if (isWaiting && it.now().getTime() < judged + patience) return it.wait("1s");
        if (rest === 0) return it.to("finished");
        const reason = haltReason(stages, accepted, haltAt);
        // It goes on as carefully as it began.
        if (reason !== undefined) return it.to("halted", { reason, accepted: stage, stage: stage + 1, size: first });
        const breakers = await openBreakers(store, machines);
        const next = { stage: stage + 1, size: size * 2 };
        return breakers === undefined ? it.to("acting", next) : it.to("halted", { reason: breakers, ...next });
      },

      /** Its deadline pages at once. */
      halted: async (it) => it.wait("30d"),

      async finished(it) {
        const { stages, rest } = await rolloutProgress(store, ordersOf(it));
        return it.done({ stages, rest });
      },
    },
  });
}

/** In whose name it acts, and why: that of whoever started it, and its own name for those who want to know more. */
export function ordersOf({ key, run, data }: { readonly key: string; readonly run: number; readonly data: Plan }): Orders {
  return { key, run, kind: data.act.kind, by: data.by, why: `${data.why} (rollout ${key})` };
}

function messageOf(act: RolloutAct): { kind: string; name: string | null; payload: string | null } {
  const payload = "payload" in act && act.payload !== undefined ? encode(act.payload, "the payload") : null;
  return { kind: act.kind, name: "name" in act ? act.name : null, payload };
}

/** `move to fencing`, `signal stop`, `retry`. */
export function spellAct(act: RolloutAct): string {
  switch (act.kind) {
    case "move":
      return `move to ${act.name}`;
    case "signal":
      return `signal ${act.name}`;
    case "start":
      return "start anew";
    default:
      return act.kind;
  }
}
