import { basename } from "node:path";
import { Browser } from "../browse/browser.ts";
import { Terminal } from "../browse/node/terminal.ts";
import { openFile } from "../bytes/file.ts";
import { WarcError } from "../error.ts";
import { type AddCommand, examples } from "./command.ts";
import { type ExitCode, exit } from "./exit.ts";

export const addBrowse: AddCommand = (program, ended) =>
  program
    .command("browse")
    .description("shows the records of an archive in the terminal: Enter opens one, / filters, q quits")
    .argument("<file>", "a path")
    .addHelpText("after", examples("warc browse crawl.warc.gz"))
    .action(async (path: string) => ended(await browse(path)));

/** `warc browse`: until `q` or Ctrl-C. */
async function browse(path: string): Promise<ExitCode> {
  if (!process.stdin.isTTY || !process.stdout.isTTY)
    throw new WarcError("NO_TERMINAL", `Cannot browse ${path}: this is no terminal`, "Run it in one, or list the records with warc ls");
  await using file = await openFile(path);
  await using browser = new Browser(file, basename(path));
  using terminal = new Terminal(process.stdin, process.stdout);
  for (;;) {
    await show(browser, terminal);
    const key = await terminal.next();
    if (key !== "resize" && !(await browser.press(key, terminal.size))) return exit.sound;
  }
}

/** Until the screen is full, or a key is pressed; what takes long can be seen to. */
async function show(browser: Browser, terminal: Terminal): Promise<void> {
  const { pressed } = terminal;
  for (let isSettled = false; !isSettled; ) {
    const shown = await browser.render(terminal.size, AbortSignal.any([pressed, AbortSignal.timeout(150)]));
    terminal.show(shown.lines);
    isSettled = shown.isSettled || pressed.aborted;
  }
}
