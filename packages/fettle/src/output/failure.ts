import { styleText } from "node:util";
import type { Failure } from "@fettle/engine";
import { plain } from "./table.ts";

/** Tells what failed: two lines for people on standard error; with `--json` the same as an object on standard output, for programs. */
export function reportFailure(failure: Failure, json: boolean): void {
  if (failure.code === "INTERRUPTED") return;
  const colour = (text: string) => styleText("red", text, { stream: process.stderr });
  // A bug's message is a stack, and its lines are wanted.
  const message = failure.code === "BUG" ? failure.message : plain(failure.message);
  process.stderr.write(`${colour(message)} (${failure.code})\n`);
  if (failure.fix !== undefined) process.stderr.write(`Fix: ${plain(failure.fix)}\n`);
  if (json) process.stdout.write(`${JSON.stringify({ error: failure })}\n`);
}
