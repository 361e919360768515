import type { Page } from "../client/page.ts";
import { instant } from "./instant.ts";
import type { DeliveryRow, PageRow } from "./page-row.ts";
import { isAbout, type WayRow } from "./ways.ts";

/** Whom an open page calls next, and when: what `planPages` will do if nothing changes. Null when it calls nobody. */
export function nextCall(page: PageRow, deliveries: readonly DeliveryRow[], ways: readonly WayRow[]): Page["next"] {
  const { called, round } = page;
  if (called === null || page.acknowledged !== null || page.resolved !== null || page.suppressedBy !== null) return null;
  const calls = ways
    .filter((way) => way.living && !isAbout(page, way))
    .map((way) => {
      const told = deliveries.filter(
        ({ via, act, ...of }) => of.round === round && via === way.name && (act === "open" || act === "repeat"),
      );
      if (told.length === 0) return { via: way.name, act: "open", at: called + way.after } as const;
      return { via: way.name, act: "repeat", at: Math.max(...told.map(({ at }) => at)) + way.repeat } as const;
    });
  const at = Math.min(...calls.map((call) => call.at));
  const first = calls.filter((call) => call.at === at);
  if (!first[0]) return null;
  return { at: instant(at), act: first[0].act, via: first.map(({ via }) => via) };
}
