import { cpus, totalmem } from "node:os";

/** On what it was measured: figures of two machines are not compared. */
export function machine(versions: readonly string[]): string {
  const [cpu] = cpus();
  const own = `${cpus().length} × ${cpu?.model.trim() ?? "?"}, ${Math.round(totalmem() / 2 ** 30)} GiB`;
  return [own, ...versions, `Node ${process.version}`].join("; ");
}
