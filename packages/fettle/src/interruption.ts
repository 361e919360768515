import { FettleError } from "@fettle/engine";

/** Runs to its own end: Ctrl-C is for the work itself to act on, or for the program that it runs on the same terminal. */
export async function uninterrupted<Result>(work: (abort: AbortSignal) => Promise<Result>): Promise<Result> {
  const ignore = () => undefined;
  process.on("SIGINT", ignore);
  try {
    return await work(new AbortController().signal);
  } finally {
    process.removeListener("SIGINT", ignore);
  }
}

/** Runs until Ctrl-C cuts it off: `abort` fires, and INTERRUPTED is thrown without waiting for what was under way. */
export async function interruptible<Result>(work: (abort: AbortSignal) => Promise<Result>): Promise<Result> {
  const interruption = new AbortController();
  const cut = Promise.withResolvers<never>();
  const interrupt = () => {
    const error = new FettleError("INTERRUPTED", "Interrupted");
    interruption.abort(error);
    cut.reject(error);
  };
  process.once("SIGINT", interrupt);
  try {
    return await Promise.race([work(interruption.signal), cut.promise]);
  } finally {
    process.removeListener("SIGINT", interrupt);
  }
}
