import { readRecords } from "@fettle/warc";
import * as fzstd from "fzstd";

export async function list(blob: Blob): Promise<string[]> {
  const targets: string[] = [];
  for await (const { targetUri } of readRecords(blob.stream(), { zstd: fzstd })) targets.push(targetUri ?? "");
  return targets;
}
