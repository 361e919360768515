import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { overEveryStore } from "../../test/stores.ts";
import { jsonColumn, numberColumn, textColumn } from "./arrays.ts";

overEveryStore("a column of a batch", (open) => {
  test("comes out of the database as it went in", async () => {
    await using store = await open();
    const text = fc.string({ unit: "binary" }).filter((value) => value.isWellFormed() && !value.includes("\0"));
    const row = fc.record({ text: fc.option(text), number: fc.option(fc.double({ noNaN: true, noDefaultInfinity: true })) });
    await fc.assert(
      fc.asyncProperty(fc.array(row, { minLength: 1 }), async (rows) => {
        const [answer] = await store.reads.query<{ rows: string }>(
          `select json_agg(json_build_object('text', t.text, 'json', t.json::json, 'number', t.number) order by t.at)::text as rows
           from unnest($1::text::text[], $2::text::float8[], $3::text::int[], string_to_array($4::text, E'\\n', '')) as t (text, number, at, json)`,
          [
            textColumn(rows, (r) => r.text),
            numberColumn(rows, (r) => r.number),
            numberColumn([...rows.keys()], (at) => at),
            jsonColumn(rows, (r) => (r.text === null ? null : JSON.stringify([r.text]))),
          ],
        );
        // JSON has one zero.
        const positive = rows.map((r) => ({
          text: r.text,
          json: r.text === null ? null : [r.text],
          number: r.number === 0 ? 0 : r.number,
        }));
        assert.deepEqual(
          (JSON.parse(answer?.rows ?? "") as typeof positive).map((r) => ({ ...r, number: r.number === 0 ? 0 : r.number })),
          positive,
        );
      }),
      { numRuns: 50 },
    );
  });
});
