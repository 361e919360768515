import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";

/** In a process whose young objects take little: of themselves, V8 lets them grow to as much as all that is measured here. */
async function read(kind: string): Promise<{ readonly records: number; readonly bytes: number; readonly mib: number }> {
  const program = join(import.meta.dirname, "../../test/read-in-child.ts");
  const { stdout } = await promisify(execFile)(process.execPath, ["--max-semi-space-size=4", program, kind]);
  return JSON.parse(stdout);
}

/** In MiB. An archive that is held, or the records in it, would be several times as much. */
const most = 96;

for (const [kind, records, bytes] of [
  ["one large", 1, 2 ** 29],
  ["many small", 80_000, 400_000],
] as const)
  test(`an archive of ${kind} takes no more memory to read than any other`, async () => {
    const reading = await read(kind);
    assert.deepEqual([reading.records, reading.bytes], [records, bytes]);
    assert.ok(reading.mib < most, `${reading.mib} MiB`);
  });
