import type { Act, Page } from "../client/page.ts";

/** A page as it is kept. Instants are milliseconds since 1970. */
export interface PageRow extends Omit<Page, "opened" | "last" | "acknowledged" | "resolved" | "next" | "deliveries"> {
  readonly opened: number;
  readonly last: number;
  /** When the calling of this round began. */
  readonly called: number | null;
  readonly acknowledged: number | null;
  readonly by: string | null;
  readonly note: string | null;
  readonly resolved: number | null;
}

export interface DeliveryRow {
  readonly page: number;
  readonly via: string;
  readonly act: Act;
  readonly round: number;
  readonly at: number;
  readonly attempts: number;
  readonly delivered: number | null;
  readonly due: number | null;
  readonly error: string | null;
}
