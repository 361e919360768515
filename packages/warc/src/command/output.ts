/** Where a command writes, of its own process or of the one that has started it. */
export interface Output {
  /** A line of the result. Wait for it: no more is made than is taken. */
  print(line: string): Promise<void>;
  /** Talk, which is no result. */
  say(line: string): Promise<void>;
  /** Bytes of an archive that have been read. */
  passed(bytes: number): void;
}

/** Takes bytes, and resolves once there is room for more. */
export type Write = (bytes: Uint8Array | string) => Promise<unknown>;

const enough = 1 << 16;
let waiting = "";
let write: Write = writeOut;
let status = "";

/** Writes a line to standard output; in larger parts, and no faster than they are taken. */
export async function print(line: string): Promise<void> {
  waiting += `${line}\n`;
  if (waiting.length >= enough || process.stdout.isTTY) await flush();
}

/** Writes what waits. */
export async function flush(): Promise<void> {
  const text = waiting;
  waiting = "";
  if (text !== "") await printBytes(text);
}

/** Writes bytes as they are, once they are taken. */
export async function printBytes(bytes: Uint8Array | string): Promise<void> {
  await write(bytes);
}

/** Has what is printed go elsewhere as long as `run` runs. */
export async function printInto<Result>(elsewhere: Write, run: () => Promise<Result>): Promise<Result> {
  await flush();
  const before = write;
  write = elsewhere;
  try {
    const result = await run();
    await flush();
    return result;
  } finally {
    waiting = "";
    write = before;
  }
}

function writeOut(bytes: Uint8Array | string): Promise<void> {
  if (process.stdout.isTTY) showStatus("");
  return new Promise((resolve, reject) => process.stdout.write(bytes, (error) => (error ? reject(error) : resolve())));
}

/** Talk, which is no result. */
export function say(line: string): void {
  showStatus("");
  process.stderr.write(`${line}\n`);
}

/** The last line of a terminal, which is written over by the next one and vanishes before anything else is said. */
export function showStatus(line: string): void {
  if (line === status) return;
  status = line;
  process.stderr.write(`\r\x1b[2K${line}`);
}
