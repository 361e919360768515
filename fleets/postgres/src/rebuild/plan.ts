/** What is known of a member that is to follow the primary again. */
export interface Remains {
  /** Its data is there and is a standby's. */
  readonly standby: boolean;
  /** Data of a primary that was fenced while it was good, or that was left behind without being fenced. */
  readonly former: boolean;
  readonly tried: readonly Way[];
}

export type Way = "start" | "rewind" | "copy";

/** The cheapest way that has not failed yet; a copy may be tried again, for it depends on nothing that is left here. */
export function nextWay({ standby, former, tried }: Remains): Way | "none" {
  if (standby && !tried.includes("start")) return "start";
  if (former && !tried.includes("rewind")) return "rewind";
  return tried.filter((way) => way === "copy").length < 3 ? "copy" : "none";
}
