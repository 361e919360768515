import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import { FettleError, failureOf, type LivingInstance } from "@fettle/engine";

const fields = { id: "number", machine: "string", key: "string", version: "number", state: "string", data: "object" } as const;

/** What `fettle export` has printed, from a file or, for `-`, from standard input. Throws BAD_EXPORT. */
export async function* readExport(file: string): AsyncGenerator<LivingInstance, void, undefined> {
  const name = file === "-" ? "standard input" : file;
  const lines = createInterface({ input: file === "-" ? process.stdin : createReadStream(file), crlfDelay: Number.POSITIVE_INFINITY });
  let number = 0;
  try {
    for await (const line of lines) {
      number++;
      if (line.trim() !== "") yield livingIn(line);
    }
  } catch (cause) {
    const { message } = failureOf(cause);
    throw new FettleError("BAD_EXPORT", `Cannot read ${name}${number > 0 ? `, line ${number}` : ""}: ${message}`, {
      fix: "Give a file that fettle export has written",
      cause,
    });
  }
}

function livingIn(line: string): LivingInstance {
  const value: unknown = JSON.parse(line);
  if (typeof value !== "object" || value === null) throw new TypeError("it is no object");
  for (const [field, type] of Object.entries(fields)) {
    const found: unknown = Reflect.get(value, field);
    if (typeof found !== type || found === null) throw new TypeError(`${field} is no ${type}`);
  }
  return value as LivingInstance;
}
