import type { Act, Page } from "../client/page.ts";
import { FettleError } from "../error.ts";
import { type Duration, milliseconds } from "../machine/duration.ts";

/** What a way is told. */
export interface Notice {
  readonly act: Act;
  /** As it is now, with the present text and count. */
  readonly page: Page;
  /** The same for every delivery of a page; another one when it calls anew. The receiver may see one delivery twice. */
  readonly token: string;
  /** The token under which the page called before, when it calls anew. */
  readonly formerToken: string | undefined;
}

/** A way to a person: a chat, a pager, a mailbox. */
export interface Way {
  /** Names it in the store, in `fettle pages test --via` and on the screen; a config has each name once. */
  readonly name: string;
  /** Default: everything. */
  readonly hears?: readonly Act[];
  /** Resolves once the other side has taken it; rejects when it did not, and is called again later. Its errors hold no secrets. */
  tell(notice: Notice, abort: AbortSignal): Promise<void>;
}

/** A way in short: a function that calls a person. */
export type Pager = (page: Page) => Promise<void>;

/** A way that is called only when nobody has acknowledged for so long. */
export interface Step {
  readonly after: Duration;
  readonly via: Way | Pager;
}

/** Whom a page calls: one way, or several in turn. */
export type Paging = Pager | readonly (Way | Pager | Step)[];

export interface PlannedWay {
  readonly way: Way;
  /** Milliseconds from when the page begins to call. */
  readonly after: number;
}

/** The ways in the order in which they are called. Throws BAD_CONFIG for two of one name and for what is no way, BAD_DURATION. */
export function planWays(paging: Paging): readonly PlannedWay[] {
  const list = typeof paging === "function" ? [paging] : paging;
  const planned = list.map((item, index) => {
    const { via, after } = "via" in item ? { via: item.via, after: milliseconds(item.after) } : { via: item, after: 0 };
    return { way: wayOf(via, `pager[${index}]`), after };
  });
  const names = planned.map(({ way }) => way.name);
  const double = names.find((name, index) => names.indexOf(name) !== index);
  if (double === undefined) return planned.toSorted((a, b) => a.after - b.after);
  throw new FettleError("BAD_CONFIG", `Cannot use the pager: two of its ways are called ${double}`, {
    fix: `Give one another name, as in slack({ name: "${double}-2", … })`,
  });
}

function wayOf(via: Way | Pager, where: string): Way {
  if (typeof via === "function") {
    const name = /^\w{1,60}$/.test(via.name) ? via.name : "pager";
    return { name, hears: ["open", "repeat", "test"], tell: ({ page }) => via(page) };
  }
  const isWay = typeof via.name === "string" && /^[\w./-]{1,60}$/.test(via.name) && typeof via.tell === "function";
  if (isWay) return via;
  throw new FettleError("BAD_CONFIG", `Cannot use ${where}: it is no way to a person`, {
    fix: "Call it, as in pager: [log(), slack({ url })]; a name holds letters, digits, and . _ / -",
  });
}
