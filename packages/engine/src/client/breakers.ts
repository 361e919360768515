import { FettleError } from "../error.ts";
import { closeBreaker, readBreakers } from "../store/breakers.ts";
import type { Session } from "../store/session.ts";
import type { Client } from "./client.ts";
import type { BreakerRequest } from "./request.ts";

export function breakers(session: Session): Pick<Client, "breakers" | "closeBreaker"> {
  return {
    breakers: () => readBreakers(session),
    async closeBreaker({ machine, name, scope, let: more, by, why }: BreakerRequest) {
      if (more !== undefined && (!Number.isInteger(more) || more < 1)) {
        throw new FettleError("BAD_INPUT", `Cannot let ${more} through a breaker`, { fix: "Let a whole number of 1 or more through" });
      }
      const closed = await closeBreaker(session, { machine, name, scope, more: more ?? null }, by, why);
      if (closed) return closed;
      throw new FettleError("NOT_OPEN", `Cannot close the breaker ${name} of ${machine}${scope && ` for ${scope}`}: it is not open`, {
        fix: "List them: fettle breaker",
      });
    },
  };
}
