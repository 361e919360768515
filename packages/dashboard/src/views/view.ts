import type { Cause, Client, Machine } from "@fettle/engine";
import type { Html } from "./mark.ts";

export type Place = "attention" | "instances" | "rollouts" | "machines" | "pages";

/** What a view is made from: the store, and what was read of it for the frame. */
export interface Seen {
  readonly client: Client;
  readonly machines: readonly Machine[];
  readonly causes: readonly Cause[];
  readonly now: Date;
}

/** One screen, without its frame. */
export interface View {
  readonly title: string;
  readonly place: Place;
  /** Where Esc leads. */
  readonly up?: string;
  /** The line in the filter field. */
  readonly filter?: string;
  readonly body: Html;
}

/** The causes that nobody has taken on yet. */
export function waiting(causes: readonly Cause[]): readonly Cause[] {
  return causes.filter(({ page }) => !page?.acknowledged);
}

export function instanceUrl({ machine, key }: { readonly machine: string; readonly key: string }): string {
  return `/instances/${encodeURIComponent(machine)}/${encodeURIComponent(key)}`;
}

export function machineUrl(name: string): string {
  return `/machines/${encodeURIComponent(name)}`;
}

export function rolloutUrl(name: string): string {
  return `/rollouts/${encodeURIComponent(name)}`;
}

/** `1,204 instances`, `1 instance`. */
export function plural(count: number, noun: string): string {
  return `${count.toLocaleString("en")} ${noun}${count === 1 ? "" : "s"}`;
}
