import { execFile } from "node:child_process";
import { FettleError } from "../error.ts";
import type { Way } from "../worker/way.ts";
import { request, sentence } from "./sentence.ts";

export interface DesktopOptions {
  /** Default `desktop`. */
  readonly name?: string | undefined;
  /** Default `notify-send`. */
  readonly program?: string | undefined;
}

const urgencies = { info: "low", warning: "normal", critical: "critical" } as const;

/** Pages as notifications on the desktop of whoever runs the worker, through `notify-send`. */
export function desktop({ name = "desktop", program = "notify-send" }: DesktopOptions = {}): Way {
  return {
    name,
    tell(notice, abort) {
      const urgency = notice.act === "open" || notice.act === "repeat" ? urgencies[notice.page.severity] : "low";
      // After `--` nothing of the page's text is taken for an option.
      const words = ["--app-name=fettle", `--urgency=${urgency}`, "--", sentence(notice), request(notice) ?? ""];
      return run(name, program, words, abort);
    },
  };
}

function run(name: string, program: string, words: readonly string[], abort: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    execFile(program, words, { signal: abort }, (error) => {
      if (!error) return resolve();
      const fix = `See whether ${program} is installed, and whether a desktop runs here`;
      reject(
        new FettleError("DELIVERY_FAILED", `${name} cannot notify: ${program} ended with ${error.code ?? error.message}`, {
          fix,
          cause: error,
        }),
      );
    });
  });
}
