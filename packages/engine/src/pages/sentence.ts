import type { Notice } from "../worker/way.ts";

/** What a person reads first: `CRITICAL: 37 × postgres/failover: Cannot reach … over SSH`. */
export function sentence({ act, page }: Notice): string {
  const many = page.victims > 1 ? `${page.victims.toLocaleString("en")} × ` : "";
  const what = `${many}${page.machine} ${page.key}: ${page.say}`;
  switch (act) {
    case "open":
      return `${page.severity.toUpperCase()}: ${what}`;
    case "repeat":
      return `Still ${page.severity}, and nobody has acknowledged it: ${what}`;
    case "acknowledge":
      return `${page.acknowledged?.by ?? "Somebody"} is on it${page.acknowledged?.note ? ` (${page.acknowledged.note})` : ""}: ${what}`;
    case "resolve":
      return `Resolved: ${what}`;
    case "test":
      return `Test: ${page.say}`;
    default:
      return act satisfies never;
  }
}

/** What a person may do about it; undefined where nothing is asked of anybody. */
export function request({ act, page }: Notice): string | undefined {
  // The page about a store that is away is kept nowhere, so it cannot be acknowledged.
  return (act === "open" || act === "repeat") && page.id > 0 ? `Acknowledge: fettle ack ${page.id}` : undefined;
}
