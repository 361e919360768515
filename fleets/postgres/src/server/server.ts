import type { Host, Programs } from "../host/host.ts";
import type { Place } from "./place.ts";
import type { Secrets } from "./secrets.ts";
import type { Address } from "./session.ts";

/** One member of a cluster, with all that it takes to act on it. */
export interface Server {
  readonly member: string;
  readonly host: Host;
  readonly place: Place;
  readonly programs: Programs;
  readonly secrets: Secrets;
  readonly address: Address;
}
