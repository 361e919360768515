import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { diagramSvg, diagramText, type Table, transitionsOf } from "./diagram.ts";
import { diagramLayout } from "./diagram-layout.ts";

const failover: Table = {
  name: "failover",
  start: "confirming",
  transitions: { confirming: ["fencing", "recovered"], fencing: ["promoting"], promoting: ["recovered"], recovered: [] },
};
const cluster: Table = {
  name: "cluster",
  start: "provisioning",
  transitions: {
    provisioning: ["available"],
    available: ["uncertain"],
    uncertain: ["available", "down", "uncertain"],
    down: ["available"],
  },
};

test("a chain is one line with the present state in brackets", () => {
  const chain = { ...failover, transitions: { ...failover.transitions, confirming: ["fencing"] } };
  assert.equal(diagramText(chain, { state: "fencing" }), "confirming → [fencing] → promoting → recovered");
});

test("what leaves the longest way stands below it", () => {
  assert.equal(
    diagramText(cluster, { state: "down" }),
    "provisioning → available → uncertain → [down]\n  also uncertain → available, uncertain\n       down → available",
  );
});

test("states that nothing leads to, and a state that is not in the table, are said", () => {
  const table = { name: "odd", start: "a", transitions: { a: [], lost: [] } };
  assert.equal(diagramText(table, { state: "gone" }), "a\n  never reached: lost\n  not in the table: [gone]");
});

test("a state's name cannot command the terminal", () => {
  assert.equal(diagramText({ name: "odd", start: "\u001b[2J", transitions: { "\u001b[2J": [] } }), "\\u{1b}[2J");
});

/** Any table of up to eight states, named to be awkward. */
const names = ["a", "b", "c", "d", "__proto__", "constructor", "toString", "7"];
const anyTable = fc.array(fc.uniqueArray(fc.nat(7)), { minLength: 1, maxLength: 8 }).map((rows): Table => {
  const entries = rows.map((row, index) => [names[index] as string, row.filter((to) => to < rows.length).map((to) => names[to] as string)]);
  return { name: "any", start: names[0] as string, transitions: Object.fromEntries(entries) };
});

function transitionsIn(text: string): string[] {
  return text.split("\n").flatMap((line) => {
    if (line.includes(": ")) return [];
    const steps = line.replace(/^ +(also )?/, "").split(" → ");
    return steps.slice(1).flatMap((to, index) => to.split(", ").map((one) => `${steps[index]} → ${one}`));
  });
}

test("the text of any table says every transition, and no other", () => {
  fc.assert(
    fc.property(anyTable, (table) => {
      const expected = transitionsOf(table).map(([from, to]) => `${from} → ${to}`);
      assert.deepEqual(transitionsIn(diagramText(table)).sort(), expected.sort());
    }),
  );
});

test("the drawing of any table holds every state and transition, inside its size", () => {
  fc.assert(
    fc.property(anyTable, (table) => {
      const { boxes, arrows, width, height } = diagramLayout(table);
      assert.deepEqual(boxes.map(({ state }) => state).sort(), Object.keys(table.transitions).sort());
      assert.deepEqual(
        arrows.map(({ from, to }) => [from, to]),
        transitionsOf(table),
      );
      for (const { x, y } of [...arrows.flatMap(({ points }) => points), ...boxes]) {
        assert.ok(x >= 0 && x <= width && y >= 0 && y <= height, `${x},${y} lies outside ${width}×${height}`);
      }
    }),
    { numRuns: 60 },
  );
});

const sizeOf = (svg: string) => /width="\d+" height="\d+" viewBox="[^"]+"/.exec(svg)?.[0];
const classOf = (svg: string, state: string) => new RegExp(`<g class="([^"]*)" data-state="${state}"`).exec(svg)?.[1];

test("a machine's diagram keeps its size, whatever it shows", () => {
  const plain = diagramSvg(failover);
  const full = diagramSvg(failover, {
    state: "fencing",
    counts: { fencing: 1_000_000 },
    stuck: { fencing: 999 },
    walked: [["confirming", "fencing"]],
  });
  assert.equal(sizeOf(plain), sizeOf(full));
});

test("the present state is lit, the way walked is strong, the rest is dim", () => {
  const svg = diagramSvg(failover, { state: "fencing", walked: [["confirming", "fencing"]] });
  assert.equal(classOf(svg, "confirming"), "state walked");
  assert.equal(classOf(svg, "fencing"), "state present");
  assert.equal(classOf(svg, "promoting"), "state dim");
  assert.equal(classOf(svg, "recovered"), "state dim end");
  assert.equal(svg.match(/class="arrow walked"/g)?.length, 1);
});

test("counts and stuck instances are written on their states", () => {
  const svg = diagramSvg(failover, { counts: { recovered: 1200 }, stuck: { fencing: 2 } });
  assert.match(svg, />1,200</);
  assert.match(svg, />● 2 stuck</);
});

test("names cannot break out of the drawing", () => {
  const bad = `"><script>alert('&')</script>\u0000`;
  const svg = diagramSvg({ name: bad, start: bad, transitions: { [bad]: [] } }, { state: bad });
  assert.doesNotMatch(svg, /<script|\p{Cc}/u);
  assert.match(svg, /&lt;script&gt;alert\(&#39;&amp;&#39;\)/);
});
