const enough = 1 << 16;
let waiting = "";

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
  await new Promise<void>((resolve, reject) => process.stdout.write(bytes, (error) => (error ? reject(error) : resolve())));
}

/** Talk, which is no result. */
export function say(line: string): void {
  process.stderr.write(`${line}\n`);
}
