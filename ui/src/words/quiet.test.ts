import { expect, test } from "vitest";
import { EVENINGS, isQuiet, quietHoursIn } from "./quiet";

/** A moment in the week of 23 November 2026, which is a Monday, by the clock on the wall. */
const at = (day: number, hours: number, minutes = 0) => new Date(2026, 10, 22 + day, hours, minutes);

test("evenings, nights and weekends are quiet unless somebody wants them otherwise", () => {
  expect([at(1, 7, 59), at(1, 8), at(1, 18, 59), at(1, 19), at(2, 0), at(6, 12), at(7, 12)].map((now) => isQuiet(EVENINGS, now))).toEqual([
    true, false, false, true, true, true, true,
  ]);
  expect(isQuiet({ ...EVENINGS, weekends: false }, at(6, 12))).toBe(false);
});

test("hours within one day, and none at all", () => {
  const lunch = { from: "12:00", to: "13:00", weekends: false };
  expect([at(1, 11, 59), at(1, 12), at(1, 13)].map((now) => isQuiet(lunch, now))).toEqual([false, true, false]);
  const never = { from: "00:00", to: "00:00", weekends: false };
  expect([at(1, 0), at(1, 12)].map((now) => isQuiet(never, now))).toEqual([false, false]);
});

test("what was kept comes back, and what is no time does not", () => {
  const kept = { from: "21:30", to: "07:15", weekends: false };
  expect(quietHoursIn(JSON.stringify(kept))).toEqual(kept);
  for (const odd of [null, "", "{", "null", '{"from":"25:00","to":"08:00"}', '{"from":7,"to":8}', "[]"]) expect(quietHoursIn(odd)).toEqual(EVENINGS);
});
