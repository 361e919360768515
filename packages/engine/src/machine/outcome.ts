import type { Cron } from "../policy/cron.ts";

/** What a handler returns. A throw is a failure and is retried as the state's policy says. */
export type Outcome<Next extends string = string> =
  | { readonly kind: "to"; readonly state: Next; readonly patch: object }
  | {
      readonly kind: "wait";
      readonly until: string | Date | Cron;
      readonly patch: object | undefined;
      readonly early: Promise<unknown> | undefined;
    }
  | { readonly kind: "done"; readonly result: unknown }
  | { readonly kind: "stuck"; readonly reason: string; readonly code: string };
