import type { Trouble } from "../server/trouble.ts";

/** One look at a server by two independent signs: the path that clients take, and the host. */
export interface Look {
  readonly answer: Serving | Trouble;
  /** Of its first process. `stopped`: it is there and does not run, however it was frozen. */
  readonly process: "running" | "stopped" | "gone";
  /** `unwritable`: a file beside the data cannot be written and synced, and the disk is not merely full. */
  readonly data: "present" | "gone" | "unwritable";
}

export interface Serving {
  readonly kind: "ok";
  readonly recovering: boolean;
  readonly timeline: number;
  /** The members that synchronous_standby_names lists. */
  readonly synchronous: readonly string[];
  readonly standbys: readonly Standby[];
}

/** A row of pg_stat_replication. */
export interface Standby {
  readonly member: string;
  readonly streaming: boolean;
  /** Its commits are waited for, by what its walsender has read of the configuration. */
  readonly awaited: boolean;
  /** Bytes that it has not on its disk yet. */
  readonly lag: number;
  /** Milliseconds since it last said something. */
  readonly silence: number;
}

export type Verdict =
  | "well"
  /** It starts or replays and says so: not down, not to be disturbed. */
  | "replaying"
  /** One sign alone, or signs that disagree: never acted upon. */
  | "doubt"
  /** Both signs say that it does not serve; its data is there. */
  | "dead"
  /** It does not serve, and its data is not there or cannot be written. */
  | "lost"
  /** It serves, and does not let us in: our own fault. */
  | "blind";

export function judge(look: Look): Verdict {
  switch (look.answer.kind) {
    case "ok":
      return look.answer.recovering || look.process !== "running" || look.data !== "present" ? "doubt" : "well";
    case "denied":
      return "blind";
    case "replaying":
      return look.process === "running" && look.data === "present" ? "replaying" : "doubt";
    case "refused":
    case "silent":
    case "error":
      if (look.data !== "present") return "lost";
      return look.process === "running" ? "doubt" : "dead";
    default:
      return look.answer satisfies never;
  }
}

/** A sentence for people: what the look saw. */
export function describe(look: Look): string {
  return `it ${answers[look.answer.kind]}${"message" in look.answer ? ` (${look.answer.message})` : ""}, its process is ${look.process}, its data is ${look.data}`;
}

const answers = {
  ok: "answers",
  denied: "does not let its keeper in",
  replaying: "says that it is starting or replaying",
  refused: "refuses connections",
  silent: "does not answer",
  error: "answers with an error",
} as const;
