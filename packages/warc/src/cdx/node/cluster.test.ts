import assert from "node:assert/strict";
import { createReadStream } from "node:fs";
import { mkdtempDisposable, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { test } from "node:test";
import { gunzipSync } from "node:zlib";
import { lookUp } from "../look-up.ts";
import { openCluster, writeCluster } from "./cluster.ts";

const lines = Array.from(
  { length: 10_000 },
  (_, index) => `com,site${String(index >> 2).padStart(5, "0")})/ 2020010100000${index % 4} http://x/ - - - - - 1 ${index} f\n`,
);

test("a cluster in shards holds the whole index, and a look-up finds what it holds", async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), "cluster-"));
  const plain = join(folder.path, "plain.cdx");
  await writeFile(plain, ` CDX N b a m s k r M S V g\n${lines.join("")}`);
  const size = lines.join("").length;
  assert.equal(await writeCluster(createReadStream(plain), folder.path, "cdx", { lines: 1000, shards: { count: 3, size } }), 10);

  const shards = ["cdx-00000.cdx.gz", "cdx-00001.cdx.gz", "cdx-00002.cdx.gz"];
  assert.deepEqual((await readdir(folder.path)).sort(), [...shards, "cdx.idx", "cdx.loc", "plain.cdx"]);
  const whole = await Promise.all(shards.map(async (shard) => gunzipSync(await readFile(join(folder.path, shard))).toString()));
  assert.equal(whole.join(""), lines.join(""));

  await using cluster = await openCluster(folder.path, "cdx");
  for (const site of ["00000", "01249", "01250", "02499"]) {
    const offsets: (number | undefined)[] = [];
    for await (const { offset } of lookUp(cluster, `http://site${site}.com/`)) offsets.push(offset);
    assert.deepEqual(
      offsets,
      [0, 1, 2, 3].map((index) => Number(site) * 4 + index),
    );
  }
});

test("a cluster that could not be made leaves nothing", async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), "cluster-"));
  async function* broken(): AsyncGenerator<Uint8Array> {
    yield Buffer.from(lines.join(""));
    throw new Error("the disk is gone");
  }
  await assert.rejects(writeCluster(broken(), folder.path, "cdx"), /the disk is gone/);
  assert.deepEqual(await readdir(folder.path), []);
});

test("of the copies of a part, the first that is there is read; where none is, the error says which were tried", async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), "cluster-"));
  await writeCluster(Readable.from([Buffer.from(lines.join(""))]), folder.path, "cdx");
  await writeFile(join(folder.path, "cdx.loc"), "cdx-00000\tgone.cdx.gz\tcdx-00000.cdx.gz\n");
  await using cluster = await openCluster(folder.path, "cdx");
  for await (const { offset } of lookUp(cluster, "http://site00001.com/")) assert.ok(offset);

  await rm(join(folder.path, "cdx-00000.cdx.gz"));
  await using broken = await openCluster(folder.path, "cdx");
  await assert.rejects(lookUp(broken, "http://site00001.com/").next(), {
    code: "DAMAGED_CLUSTER",
    message: /cdx-00000 .* gone.cdx.gz, cdx-00000.cdx.gz/,
  });
});
