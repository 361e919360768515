import { FettleError } from "../error.ts";
import { milliseconds } from "../machine/duration.ts";
import type { RuleKind, Selector } from "../policy/rule.ts";
import type { SeenInstance } from "../store/list-instances.ts";
import { addRule, endRule, readRules } from "../store/rules.ts";
import type { Session } from "../store/session.ts";
import type { Client } from "./client.ts";
import type { Ref, RuleRequest } from "./request.ts";

const values: Readonly<Record<RuleKind, readonly string[]>> = { pause: [""], mode: ["observe", "ask", "act"], silence: ["mute", "hold"] };

/** Pauses, modes and silences. */
export function rules(session: Session, find: (ref: Ref) => Promise<SeenInstance>): Pick<Client, "rules" | "addRule" | "endRule"> {
  return {
    rules: ({ all = false }) => readRules(session, all),
    async addRule(request) {
      const { kind, value = "", by, why } = checked(request);
      const lasts = request.lasts === undefined ? null : milliseconds(request.lasts);
      return addRule(session, { kind, selector: await resolved(request.selector, find), value, lasts, by, why });
    },
    async endRule(id, { by, why }) {
      const rule = await endRule(session, id, by, why);
      if (rule) return rule;
      throw new FettleError("NO_SUCH_RULE", `Cannot take back rule ${id}: no rule in force has that number`, {
        fix: "List those in force: fettle rules",
      });
    },
  };
}

function checked(request: RuleRequest): RuleRequest {
  const { kind, value = "", lasts } = request;
  const known = values[kind] as readonly string[] | undefined;
  if (!known?.includes(value)) {
    throw new FettleError("BAD_RULE", `Cannot lay down a ${kind} of "${value}"`, {
      fix: `Use ${known?.join(", ") || "pause, mode or silence"}`,
    });
  }
  if (kind === "silence" && lasts === undefined) {
    throw new FettleError("BAD_RULE", "Cannot lay down a silence without an end", { fix: "Say how long it lasts, as in 2h" });
  }
  return request;
}

/** A key alone names one instance, and so one machine. */
async function resolved(selector: Selector, find: (ref: Ref) => Promise<SeenInstance>): Promise<Selector> {
  if (selector.key === undefined) return selector;
  const { machine, key } = await find({ machine: selector.machine, key: selector.key });
  return { machine, key };
}
