import type { failureOf } from "../error.ts";
import type { Machine } from "../machine/machine.ts";
import { isActing, wishFor } from "../policy/guard.ts";
import { admit, callNext, leaveLine } from "../store/admit.ts";
import type { Change, InboxRow, InstanceRow } from "../store/change.ts";
import type { Lease } from "../store/commit.ts";
import type { Session } from "../store/session.ts";
import { failed, stuck, withSeen } from "./conclude.ts";
import { notApproved } from "./not-approved.ts";
import type { World } from "./visit.ts";

/** What becomes of a change that enters a guarded state. */
export type Passed =
  | { readonly kind: "pass"; readonly change: Change }
  /** Nothing is committed; the handler runs again at `until`, or when it is called. */
  | { readonly kind: "held"; readonly until: number }
  /** The range is another's, or the row is not what was read. */
  | { readonly kind: "lost" };

/** Asks the store before an instance enters a state that acts on the world; of all other changes it knows nothing. */
export class Gatekeeper {
  readonly #session: Session;
  readonly #world: World;
  readonly #held = new Set<number>();
  readonly #acting = new WeakMap<Machine, ReadonlySet<string>>();

  constructor(session: Session, world: World) {
    this.#session = session;
    this.#world = world;
  }

  /** True where `pass` has something to ask, a place in a line to give up, or room to leave to others. */
  concerns(row: InstanceRow, change: Change, machine: Machine): boolean {
    const enters = change.entered && this.#actingOf(machine).has(change.state);
    return enters || this.#held.has(row.id) || needsRoom(machine, row.state);
  }

  async pass(row: InstanceRow, change: Change, machine: Machine, lease: Lease, byPerson: boolean): Promise<Passed> {
    if (!change.entered || !this.#actingOf(machine).has(change.state)) {
      if (this.#held.has(row.id)) await this.leave(row);
      return { kind: "pass", change };
    }
    const answer = answerIn(row, change.state);
    if (answer?.kind === "refuse") return { kind: "pass", change: await notApproved(row, machine, change.state, this.#world, answer) };
    return this.#ask(row, change, machine, lease, byPerson, answer);
  }

  async #ask(
    row: InstanceRow,
    change: Change,
    machine: Machine,
    lease: Lease,
    byPerson: boolean,
    answer: InboxRow | undefined,
  ): Promise<Passed> {
    const now = this.#world.now();
    let wish: ReturnType<typeof wishFor>;
    try {
      wish = wishFor(machine, change.state, { key: row.key, labels: row.labels, data: JSON.parse(change.data ?? row.data) });
    } catch (error) {
      return { kind: "pass", change: failed(row, machine, error, this.#world, now).change };
    }
    const verdict = await admit(this.#session, lease, row, { ...wish, entering: true, approved: answer !== undefined, byPerson });
    this.#held.delete(row.id);
    switch (verdict.kind) {
      case "enter":
        return { kind: "pass", change: answer ? { ...change, history: signed(change, answer) } : change };
      case "held":
        this.#held.add(row.id);
        return { kind: "held", until: verdict.again };
      case "spent":
        return { kind: "pass", change: stuck(row, machine, spent(row, machine, change.state), withSeen(row, {}), 0).change };
      case "unanswered":
        return { kind: "pass", change: await notApproved(row, machine, change.state, this.#world, undefined) };
      default:
        return verdict;
    }
  }

  /** Whether an instance may go on in the state it is in, and takes room there again where it has given it up. */
  async stay(row: InstanceRow, machine: Machine, lease: Lease): Promise<{ readonly kind: "pass" } | Exclude<Passed, { kind: "pass" }>> {
    const wish = wishFor(machine, row.state, { key: row.key, labels: row.labels, data: JSON.parse(row.data) });
    const verdict = await admit(this.#session, lease, row, { ...wish, entering: false, approved: true, byPerson: false });
    if (verdict.kind === "lost") return verdict;
    if (verdict.kind !== "held") return { kind: "pass" };
    this.#held.add(row.id);
    return { kind: "held", until: verdict.again };
  }

  /** It does not want to enter any more. */
  async leave(row: InstanceRow): Promise<void> {
    await leaveLine(this.#session, row);
    this.#held.delete(row.id);
  }

  isHeld(row: InstanceRow): boolean {
    return this.#held.has(row.id);
  }

  /** Whoever may have left a state with a limit calls the next in line. */
  async callNext(row: InstanceRow): Promise<void> {
    await callNext(this.#session, row);
  }

  #actingOf(machine: Machine): ReadonlySet<string> {
    const known = this.#acting.get(machine);
    if (known) return known;
    const acting = new Set(Object.keys(machine.transitions).filter((state) => isActing(machine, state)));
    this.#acting.set(machine, acting);
    return acting;
  }
}

/** True for a state in which only so many may be at once. */
export function needsRoom(machine: Machine, state: string): boolean {
  return machine.policy[state]?.limit?.most !== undefined;
}

function answerIn(row: InstanceRow, state: string): InboxRow | undefined {
  return row.inbox.findLast(({ kind, run, name }) => (kind === "approve" || kind === "refuse") && run === row.run && name === state);
}

function signed({ history }: Change, { by, why }: InboxRow): Change["history"] {
  return history && { ...history, by, why };
}

function spent(row: InstanceRow, machine: Machine, state: string): ReturnType<typeof failureOf> {
  const budgets = machine.budget.filter(({ entering }) => entering === state).map(({ most, within }) => `${most} within ${within}`);
  return {
    code: "BUDGET_SPENT",
    message: `${row.key} would enter ${state} once more than its budget of ${budgets.join(" and ")}`,
    fix: `Find out why it does not last. A retry begins the count anew: fettle retry ${row.key}`,
  };
}
