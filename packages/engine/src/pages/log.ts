import type { Page } from "../client/page.ts";
import type { Notice, Way } from "../worker/way.ts";
import { request, sentence } from "./sentence.ts";

export interface LogOptions {
  /** Default `log`. */
  readonly name?: string | undefined;
  /** Default: standard error, with the instant in front. */
  readonly write?: ((line: string, page: Page) => void) | undefined;
}

/** Pages as lines of a log. */
export function log({ name = "log", write = toStandardError }: LogOptions = {}): Way {
  return { name, tell: async (notice) => write(line(notice), notice.page) };
}

/** One notice is one line, whatever the text of the page holds. */
function line(notice: Notice): string {
  return [`PAGE ${sentence(notice)}`, request(notice)]
    .filter(Boolean)
    .join(". ")
    .replaceAll(/\p{Cc}+/gu, " ");
}

function toStandardError(text: string): void {
  process.stderr.write(`${new Date().toISOString()} ${text}\n`);
}
