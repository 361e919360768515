import type { Look, Serving } from "../watch/look.ts";

/** How a standby stands, by the primary's word and its own host's. */
export type Standing =
  | "following"
  /** Not following at this look; the next ones tell. */
  | "faltering"
  /** It lives and fetches what it missed. Nobody waits for it meanwhile, and nobody disturbs it. */
  | "behind"
  | "gone";

/** A standby that says nothing for so long is not there. */
const longestSilence = 3_000;
/** A torn connection is made anew within this, and nobody need hear of it. */
export const reconnection = 2_000;

/**
 * `absentFor`: milliseconds since the first of the looks, one after the other, at which it did not follow; undefined at the first.
 * A standby whose process is gone or frozen is gone at the second look, one that lives gets time to connect again.
 */
export function standing(member: string, primary: Serving, process: Look["process"], absentFor: number | undefined): Standing {
  const row = primary.standbys.find((standby) => standby.member === member && standby.silence < longestSilence);
  if (row?.streaming && process === "running") return "following";
  if (absentFor === undefined) return "faltering";
  if (process !== "running") return "gone";
  if (absentFor < reconnection) return "faltering";
  return row ? "behind" : "gone";
}
