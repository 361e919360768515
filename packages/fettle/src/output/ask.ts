import { createInterface } from "node:readline/promises";
import { FettleError } from "@fettle/engine";

/** Asks on the terminal. Throws NO_ANSWER when nobody can or does answer, INTERRUPTED at Ctrl-C. */
export async function askOnTerminal(question: string): Promise<string> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const left = Promise.withResolvers<never>();
  terminal.once("SIGINT", () => {
    process.stderr.write("\nNothing was done\n");
    left.reject(new FettleError("INTERRUPTED", "Interrupted: nothing was done"));
  });
  terminal.once("close", () => left.reject(noAnswer(question)));
  try {
    const answer = (await Promise.race([terminal.question(`${question.trimEnd()} `), left.promise])).trim();
    if (answer === "") throw noAnswer(question);
    return answer;
  } finally {
    left.promise.catch(() => "the answer came first");
    terminal.close();
  }
}

function noAnswer(question: string): FettleError {
  return new FettleError("NO_ANSWER", `Cannot go on without an answer to "${question.trim()}": nothing was done`, {
    fix: "Run it again and answer, or give the answer as a flag (--help lists them)",
  });
}
