/** Does what a page of the documentation tells its reader to do, in a folder of its own, and gives what came of it. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { join } from "node:path";

/** A command of a page, what the page shows of its output, and what it printed. */
export interface Step {
  readonly command: string;
  readonly shown: string;
  readonly printed: string;
}

/**
 * Goes through the fenced blocks of `text` in their order, in `folder`:
 *
 * | block | what is done |
 * | --- | --- |
 * | `console` | each line that begins with `$ ` is run by bash; the lines below it are its output, both streams |
 * | `console second` | the same in another terminal: it is left running once it has printed what is shown |
 * | a language and a file name | the file is made; one of `examples/` is checked to be that file |
 *
 * Throws at any other, so that nothing stands on a page that nobody has tried. Ports from 18000 to 18999 become such as are free.
 */
export async function runPage(text: string, folder: string): Promise<Step[]> {
  const page = await withFreePorts(text);
  const steps: Step[] = [];
  await using running = new AsyncDisposableStack();
  for (const [, language = "", argument = "", content = ""] of page.matchAll(/^```(\w*) ?(.*)\n([\s\S]*?)^```$/gm)) {
    if (language !== "console") makeFile(folder, argument, content);
    else if (argument === "second") steps.push(await start(content, folder, running));
    else steps.push(...(await run(content, folder)));
  }
  return steps;
}

async function withFreePorts(text: string): Promise<string> {
  const ports = new Set(text.match(/\b18\d{3}\b/g));
  let page = text;
  for (const port of ports) page = page.replaceAll(port, await freePort());
  return page;
}

async function freePort(): Promise<string> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return String(port);
}

function makeFile(folder: string, name: string, content: string): void {
  if (!/^[\w./-]+\.\w+$/.test(name)) throw new Error(`A block is neither a console nor a file: ${name}\n${content}`);
  if (name.startsWith("examples/") && readFileSync(join(import.meta.dirname, name), "utf8") !== content)
    throw new Error(`The page shows other code than ${name} has:\n${content}`);
  writeFileSync(join(folder, name.replace("examples/", "")), content);
}

/** Of a `console` block, each command with its output: one that ends with a backslash goes on in the next line. */
function commandsIn(content: string): { command: string; shown: string }[] {
  return [...content.matchAll(/^\$ ((?:.*\\\n)*.*)\n((?:(?!\$ ).*\n)*)/gm)].map(([, command = "", shown = ""]) => ({ command, shown }));
}

const bin = join(import.meta.dirname, "../../../node_modules/.bin");

function bash(script: string, folder: string) {
  const env = { ...process.env, PATH: `${bin}:${process.env["PATH"]}` };
  return spawn("bash", ["-c", `exec 2>&1\n${script}`], { cwd: folder, env, stdio: ["ignore", "pipe", "inherit"], detached: true });
}

/** Behind each output, to tell it from the next one. */
const mark = "\x1e";

async function run(content: string, folder: string): Promise<Step[]> {
  const commands = commandsIn(content);
  // The status goes on to the next command, which may be `echo $?`.
  const script = commands.map(({ command }) => `${command}\nstatus=$?; printf '\\x1e'; (exit $status)`).join("\n");
  const shell = bash(script, folder);
  const outputs = (await shell.stdout.setEncoding("utf8").toArray()).join("").split(mark);
  return commands.map((step, index) => ({ ...step, printed: outputs[index] ?? "" }));
}

async function start(content: string, folder: string, running: AsyncDisposableStack): Promise<Step> {
  const [step] = commandsIn(content);
  if (!step) throw new Error(`Nothing is run in the second terminal:\n${content}`);
  const shell = bash(step.command, folder);
  const ended = once(shell, "close");
  let isOver = false;
  running.defer(async () => {
    if (!isOver && shell.pid !== undefined) process.kill(-shell.pid, "SIGTERM");
    await ended;
  });
  let printed = "";
  shell.stdout.setEncoding("utf8").on("data", (text: string) => {
    printed += text;
  });
  const over = ended.then(() => {
    isOver = true;
  });
  while (!isOver && printed.length < step.shown.length) await Promise.race([once(shell.stdout, "data"), over]);
  return { ...step, printed };
}
