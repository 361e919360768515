import { counted } from "../counted.ts";
import { WarcError } from "../error.ts";
import { startReplay } from "../serve/node/server.ts";
import { type AddCommand, examples } from "./command.ts";
import { type ExitCode, exit } from "./exit.ts";
import { expandOperands } from "./operands.ts";
import { flush, print, say } from "./output.ts";
import { makeScratchFolder } from "./scratch-folder.ts";

interface ServeFlags {
  readonly port: number;
  readonly host: string;
  readonly json?: boolean;
}

export const addServe: AddCommand = (program, ended) =>
  program
    .command("serve")
    .description("replays archives in a browser, with a list of their pages, until Ctrl-C")
    .argument("<files...>", "paths of archives, or patterns such as '*.warc.gz'")
    .option("--port <number>", "to listen at; 0 for any that is free", port, 8080)
    .option("--host <address>", "to listen at; others than 127.0.0.1 let other machines in", "127.0.0.1")
    .option("--json", "one object, once it listens")
    .addHelpText("after", examples("warc serve crawl.warc.gz", "warc serve --port 9000 *.warc.gz"))
    .action(async (paths: string[], flags: ServeFlags) => ended(await serve(paths, flags)));

/** `warc serve`: answers until it is interrupted. */
async function serve(paths: readonly string[], { port, host, json }: ServeFlags): Promise<ExitCode> {
  const isWatched = process.stderr.isTTY;
  await using scratch = await makeScratchFolder();
  await using server = await startReplay({
    files: await expandOperands(paths),
    folder: scratch.path,
    host,
    port,
    progress: ({ file, records, captures }) =>
      isWatched && process.stderr.write(`\r\x1b[K${counted(records, "record")}, ${counted(captures, "capture")}: ${file}`),
  });
  if (isWatched) process.stderr.write("\r\x1b[K");
  scratch.letInterrupt();
  const { captures, pages } = server.index.counts;
  if (json) await print(JSON.stringify({ url: server.url, captures, pages }));
  else await print(server.url);
  await flush();
  say(`Replays ${counted(pages, "page")}, ${counted(captures, "capture")}. End it with Ctrl-C`);
  await interrupted();
  return exit.sound;
}

function interrupted(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => resolve());
  });
}

function port(text: string): number {
  const number = Number(text);
  if (/^\d{1,5}$/.test(text) && number <= 65535) return number;
  throw new WarcError("BAD_PORT", `Cannot listen at port ${JSON.stringify(text)}`, "Give a whole number from 0 to 65535");
}
