import type { Seen } from "../dedupe/seen.ts";
import { seenInIndex } from "../dedupe/seen-in-index.ts";
import { WarcError } from "../error.ts";
import type { Exchange, ExchangeLimits } from "../fetch/node/exchange.ts";
import { fetchUrl } from "../fetch/node/fetch-url.ts";
import { recordExchange } from "../fetch/record-exchange.ts";
import { type Method, requestUrl } from "../fetch/request.ts";
import type { WarcWriter } from "../write/warc-writer.ts";
import { type AddCommand, count, examples } from "./command.ts";
import { type ExitCode, exit } from "./exit.ts";
import { openIndex } from "./open-index.ts";
import { print, say } from "./output.ts";
import { outputArchive } from "./output-archive.ts";

interface FetchFlags {
  readonly output: string;
  readonly maxLength?: number;
  readonly maxTime: number;
  readonly dedupe?: string;
  readonly head?: boolean;
  readonly force?: boolean;
  readonly json?: boolean;
}

export const addFetch: AddCommand = (program, ended) =>
  program
    .command("fetch")
    .description("fetches URLs and records request and response to the byte, redirects too")
    .argument("<urls...>", "of http or https")
    .requiredOption("-o, --output <file>", "to be made; .warc.gz, .warc.zst or .warc")
    .option("--max-length <bytes>", "of a body; a longer one is cut, and its record says so; without it none is", count)
    .option("--max-time <seconds>", "for each response; one that takes longer is cut, and its record says so", count, 300)
    .option("--dedupe <index>", "a sorted CDX or CDXJ file: what it has of the same URL and payload becomes a revisit")
    .option("--head", "asks for the heads only")
    .option("--force", "overwrites the file")
    .option("--json", "an object for each response")
    .addHelpText(
      "after",
      examples(
        "warc fetch -o example.warc.gz https://example.com/",
        "warc fetch -o again.warc.gz --dedupe index.cdxj https://example.com/",
      ),
    )
    .action(async (urls: string[], flags: FetchFlags) => ended(await fetchAll(urls, flags)));

/** `warc fetch`: a URL that gives nothing is told, and the next one is fetched. */
async function fetchAll(texts: readonly string[], flags: FetchFlags): Promise<ExitCode> {
  const urls = texts.map(requestUrl);
  await using index = flags.dedupe === undefined ? undefined : await openIndex(flags.dedupe);
  const seen = index && seenInIndex(index);
  await using output = outputArchive(flags.output, flags.force === true);
  let code: ExitCode = exit.sound;
  for (const url of urls) {
    try {
      await fetchOne(url, output.writer, seen, flags);
    } catch (error) {
      if (!(error instanceof WarcError && error.code === "NO_RESPONSE")) throw error;
      say(`${error.message} (${error.code})\nFix: ${error.fix}`);
      code = exit.faulty;
    }
  }
  await output.writer.close();
  return code;
}

async function fetchOne(url: URL, writer: WarcWriter, seen: Seen | undefined, flags: FetchFlags): Promise<void> {
  const limits: ExchangeLimits = { maxLength: flags.maxLength ?? Number.POSITIVE_INFINITY, maxTime: flags.maxTime * 1000 };
  const method: Method = flags.head ? "HEAD" : "GET";
  for await (const done of fetchUrl(url, method, limits)) {
    await using exchange = done;
    const { type, length } = await recordExchange(writer, exchange, seen);
    await print(flags.json ? JSON.stringify(listing(exchange, type, length)) : line(exchange, type, length));
  }
}

function listing({ url, date, ipAddress, head, truncated }: Exchange, type: string, length: number): Readonly<Record<string, unknown>> {
  const status = head?.kind === "response" ? head.status : undefined;
  return {
    url: url.href,
    date: date.toISOString(),
    status: status ?? null,
    type,
    length,
    ipAddress: ipAddress ?? null,
    truncated: truncated ?? null,
  };
}

function line({ url, head, truncated }: Exchange, type: string, length: number): string {
  const status = head?.kind === "response" ? head.status : undefined;
  return [status ?? "-", type, length, url.href, ...(truncated ? [`cut: ${truncated}`] : [])].join("\t");
}
