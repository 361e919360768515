import { type Failure, failureOf } from "@fettle/engine";
import { type ExitCode, exit } from "../exit.ts";
import type { Call } from "./command.ts";

export interface Refused<Item> {
  readonly item: Item;
  readonly error: Failure;
}

/** Does one act on each, one after the other; what is refused does not stop the rest. Nothing new begins after an interruption. */
export async function each<Item, Result>(
  items: readonly Item[],
  abort: AbortSignal,
  act: (item: Item) => Promise<Result>,
): Promise<{ done: Result[]; refused: Refused<Item>[] }> {
  const done: Result[] = [];
  const refused: Refused<Item>[] = [];
  for (const item of items) {
    abort.throwIfAborted();
    try {
      done.push(await act(item));
    } catch (error) {
      refused.push({ item, error: failureOf(error) });
    }
  }
  return { done, refused };
}

/** Says each refusal, and with what the command ends. */
export function sayRefused(call: Call, refused: readonly Refused<unknown>[], done: number): ExitCode {
  for (const { error } of refused) call.out.say(`${error.message} (${error.code})${error.fix === undefined ? "" : `. Fix: ${error.fix}`}`);
  if (refused.length === 0) return exit.done;
  return done > 0 ? exit.part : exit.failed;
}
