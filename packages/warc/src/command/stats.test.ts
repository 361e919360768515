import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { describe, test } from "node:test";
import { fixtures } from "../../test/fixture.ts";
import { ValueCounter } from "./value-counter.ts";

describe("counts by value", () => {
  test("are of what most records have first, and of names that objects have themselves too", () => {
    const counter = new ValueCounter();
    for (const value of ["b", "__proto__", "a", "__proto__", "b", "__proto__"]) counter.add(value, { records: 1, bytes: 10 });
    assert.deepEqual(counter.sorted, [
      ["__proto__", { records: 3, bytes: 30 }],
      ["b", { records: 2, bytes: 20 }],
      ["a", { records: 1, bytes: 10 }],
    ]);
  });

  test("are bounded, however many values there are and however long they are", () => {
    const counter = new ValueCounter();
    for (let index = 0; index < 100_010; index++) counter.add(`${index}`.padEnd(300), { records: 1, bytes: 1 });
    assert.deepEqual(counter.sorted[0], ["(others)", { records: 10, bytes: 10 }]);
    assert.equal(counter.sorted.length, 100_001);
    assert.equal(counter.sorted[1]?.[0].length, 256);
  });
});

describe("warc stats", () => {
  function warc(...args: readonly string[]) {
    return spawnSync(process.execPath, [join(import.meta.dirname, "main.ts"), "stats", ...args], {
      cwd: fixtures,
      encoding: "utf8",
      timeout: 60_000,
    });
  }

  test("counts what there is in all files, in threads too", () => {
    const one = warc("--json", "example.warc.gz", "example.arc.gz");
    const stats = JSON.parse(one.stdout);
    assert.equal(stats.records, 8);
    assert.equal(stats.stored, 3816 + 1027);
    assert.deepEqual(stats.type[0], { value: "request", records: 2, bytes: 1836 });
    assert.deepEqual(stats.status, [{ value: "200", records: 3, bytes: 2307 + 1656 }]);
    assert.deepEqual(
      stats.year.map(({ value, records }: { value: string; records: number }) => [value, records]),
      [
        ["2017", 6],
        ["2014", 2],
      ],
    );
    assert.deepEqual(JSON.parse(warc("--json", "-j", "2", "example.warc.gz", "example.arc.gz").stdout), stats);
  });

  test("prints as many values as are asked for, and how many more there are", () => {
    const { stdout } = warc("-n", "1", "example.warc.gz");
    assert.match(stdout, /^6 records, 3\.8 kB stored, 5\.3 kB unpacked\n\ntype\trecords\tbytes\nrequest\t2\t1836\nand 3 more\n/);
  });
});
