import type { Duration } from "../machine/duration.ts";

/** A person must approve before a state is entered. */
export interface Ask<State extends string = string> {
  /** Who is asked, for example `dba`. */
  readonly role: string;
  readonly within: Duration;
  /** What is done when nobody answers in time, or somebody refuses: `stuck`, or the way to another state. A person is paged either way. */
  readonly else: "stuck" | State;
}
