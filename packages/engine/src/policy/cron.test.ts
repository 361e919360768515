import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { CronExpressionParser } from "cron-parser";
import fc from "fast-check";
import { cron, nextTime, struckAt } from "./cron.ts";

const field = (min: number, max: number) => {
  const number = fc.integer({ min, max });
  return fc.oneof(
    { weight: 3, arbitrary: fc.constant("*") },
    { weight: 3, arbitrary: number.map(String) },
    fc.tuple(number, number).map(([a, b]) => `${Math.min(a, b)}-${Math.max(a, b)}`),
    fc.integer({ min: 2, max: Math.max(2, Math.min(20, max)) }).map((step) => `*/${step}`),
    fc.uniqueArray(number, { minLength: 2, maxLength: 4 }).map((list) => list.join(",")),
  );
};

// February has no 30th: days up to the 28th come in every month. A day of the month and one of the week together are read in
// different ways by different crons.
const days = fc.oneof(fc.tuple(field(1, 28), fc.constant("*")), fc.tuple(fc.constant("*"), field(0, 6)));
const expression = fc
  .tuple(field(0, 59), field(0, 23), days, fc.oneof(fc.constant("*"), field(1, 12)))
  .map(([minute, hour, [day, weekday], month]) => `${minute} ${hour} ${day} ${month} ${weekday}`);
const zones = ["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "America/St_Johns"] as const;
const instant = fc.integer({ min: Date.UTC(2020, 0, 1) / 1000, max: Date.UTC(2030, 0, 1) / 1000 }).map((seconds) => seconds * 1000);

describe("cron", () => {
  test("comes at the times that another implementation names, in any zone, away from the hours that the clock skips or repeats", () => {
    fc.assert(
      fc.property(expression, fc.constantFrom(...zones), instant, (text, zone, after) => {
        const ours = nextTime(cron(text, { zone, missed: "once" }), after) as number;
        const theirs = theirNext(text, zone, after);
        if (theirs === undefined || ours === theirs) return;
        // Where they differ, the clock was put forward or back within a day of it.
        assert.ok(
          isNearChange(zone, Math.min(ours, theirs)),
          `${text} in ${zone} after ${new Date(after).toISOString()}: ${new Date(ours).toISOString()}, not ${new Date(theirs).toISOString()}`,
        );
      }),
      { numRuns: 2000 },
    );
  });

  test("is after the instant asked about, and nothing that matches lies between", () => {
    fc.assert(
      fc.property(expression, fc.constantFrom(...zones), instant, (text, zone, after) => {
        const times = cron(text, { zone, missed: "once" });
        const next = nextTime(times, after) as number;
        assert.ok(next > after && next % 60_000 === 0);
        assert.equal(nextTime(times, next - 1), next);
      }),
      { numRuns: 1000 },
    );
  });

  for (const [zone, text, after, times] of [
    ["Europe/Berlin", "0 3 * * *", "2026-10-24T12:00Z", ["2026-10-25T02:00:00.000Z", "2026-10-26T02:00:00.000Z"]],
    // 02:30 comes twice on this day, and counts once.
    ["Europe/Berlin", "30 2 * * *", "2026-10-24T12:00Z", ["2026-10-25T00:30:00.000Z", "2026-10-26T01:30:00.000Z"]],
    // 02:30 does not come on this day, and is not lost.
    ["Europe/Berlin", "30 2 * * *", "2026-03-28T12:00Z", ["2026-03-29T01:00:00.000Z", "2026-03-30T00:30:00.000Z"]],
  ] as const) {
    test(`keeps the clock on the wall across a change: ${text} in ${zone} from ${after}`, () => {
      const nightly = cron(text, { zone, missed: "once" });
      const first = nextTime(nightly, Date.parse(after)) as number;
      assert.deepEqual(
        [first, nextTime(nightly, first) as number].map((time) => new Date(time).toISOString()),
        times,
      );
    });
  }

  test("that was missed counts once or not at all, as it says", () => {
    assert.equal(struckAt(1000, "once", 999), undefined);
    assert.equal(struckAt(1000, "once", 9_000_000), 1000);
    assert.equal(struckAt(1000, "skip", 60_999), 1000);
    assert.equal(struckAt(1000, "skip", 61_001), undefined);
  });

  test("that cannot be read is refused where it is written", () => {
    for (const [text, zone] of [
      ["0 3 * *", "UTC"],
      ["0 3 * * * *", "UTC"],
      ["61 3 * * *", "UTC"],
      ["0 3 30 2 *", "UTC"],
      ["0 3 * * *", "Europe/Bielefeld"],
    ] as const)
      assert.throws(() => cron(text, { zone, missed: "once" }), { code: "BAD_CRON" }, `${text} ${zone}`);
  });
});

/** Undefined where the other implementation gives up, as it does on some rare times that fall on a change of the clock. */
function theirNext(text: string, zone: string, after: number): number | undefined {
  try {
    return CronExpressionParser.parse(text, { tz: zone, currentDate: new Date(after) })
      .next()
      .getTime();
  } catch (error) {
    if (error instanceof Error && error.message.includes("loop limit exceeded")) return undefined;
    throw error;
  }
}

/** Whether the zone's distance from UTC changes within a day of an instant. */
function isNearChange(zone: string, at: number): boolean {
  const day = 86_400_000;
  const offset = (ms: number) => new Intl.DateTimeFormat("en", { timeZone: zone, timeZoneName: "longOffset" }).format(ms).split("GMT")[1];
  return offset(at - day) !== offset(at + day);
}
