import type { Indexed } from "../cdx/indexed.ts";
import { replayPath } from "./archived-url.ts";

/** The time of a capture as HTTP writes it: `Mon, 06 Mar 2017 04:02:06 GMT`. */
export function httpDate(timestamp: string): string {
  return dateOf(timestamp).toUTCString();
}

export function dateOf(timestamp: string): Date {
  const [, year, month, day, hour, minute, second] = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)/.exec(timestamp) ?? [];
  return new Date(
    Date.UTC(Number(year ?? 0), Number(month ?? 1) - 1, Number(day ?? 1), Number(hour ?? 0), Number(minute ?? 0), Number(second ?? 0)),
  );
}

/** The 14 digits of a time that HTTP writes; undefined where it is none. */
export function timestampOfHttpDate(text: string | undefined): string | undefined {
  const time = Date.parse(text ?? "");
  return Number.isNaN(time) ? undefined : new Date(time).toISOString().replace(/\D/g, "").slice(0, 14);
}

/** What a replayed response says of itself (RFC 7089 2.2): the Link header. */
export function mementoLinks(url: string, timestamp: string): string {
  const target = linkTarget(url);
  return [
    `<${target}>; rel="original"`,
    `</web/${target}>; rel="timegate"`,
    `</web/timemap/link/${target}>; rel="timemap"; type="application/link-format"`,
    `<${linkTarget(replayPath(timestamp, url))}>; rel="memento"; datetime="${httpDate(timestamp)}"`,
  ].join(", ");
}

/** The list of all captures of a URL (RFC 7089 5), line by line. */
export async function* timemap(url: string, captures: AsyncIterable<Indexed>): AsyncGenerator<string> {
  const target = linkTarget(url);
  yield `<${target}>; rel="original",\n</web/timemap/link/${target}>; rel="self"; type="application/link-format",\n</web/${target}>; rel="timegate"`;
  for await (const capture of captures) {
    const path = linkTarget(replayPath(capture.timestamp, capture.url ?? url));
    yield `,\n<${path}>; rel="memento"; datetime="${httpDate(capture.timestamp)}"`;
  }
  yield "\n";
}

/** A header holds ASCII, and no `>` may end the target before its end. */
export function linkTarget(url: string): string {
  return url.replace(/[^\x21\x23-\x3b\x3d\x3f-\x7e]/gu, (char) => encodeURIComponent(char.isWellFormed() ? char : "\ufffd"));
}
