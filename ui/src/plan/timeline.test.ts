import { expect, test } from "vitest";
import { dayNumber, monthOf } from "./days";
import { along, isWithin, monthsFor, spanOf, turned } from "./timeline";
import type { Action } from "./plan-document";

const TODAY = "2026-11-29";
const action = (start: string | null, due: string | null): Action => ({ id: "", text: "", notes: "", order: null, isDeleted: false, status: "todo", owner: null, partner: null, outcome: null, start, due });

test("an action lies between its days, whichever of them is said, and whichever comes first", () => {
  const span = (start: string | null, due: string | null) => spanOf({ start, due });
  expect(span("2027-01-01", "2027-01-03")).toEqual({ from: dayNumber("2027-01-01"), to: dayNumber("2027-01-03") });
  expect(span("2027-01-03", "2027-01-01")).toEqual(span("2027-01-01", "2027-01-03"));
  expect(span(null, "2027-01-03")).toEqual({ from: dayNumber("2027-01-03"), to: dayNumber("2027-01-03") });
  expect(span("soon", null)).toBeNull();
});

test("all months of the plan are shown where there is room, and today is among them", () => {
  const plan = [action("2026-09-10", "2027-02-01"), action(null, "2026-10-31")];
  expect(monthsFor(plan, TODAY, 12)).toEqual({ first: monthOf("2026-09-01"), count: 6 });
  expect(monthsFor([action(null, "2026-01-31")], TODAY, 12)).toEqual({ first: monthOf("2026-01-01"), count: 11 });
  expect(monthsFor([], TODAY, 12)).toEqual({ first: monthOf(TODAY), count: 3 });
});

test("of years that nobody meant no more months are drawn than there is room for, and one can turn no further than there are months", () => {
  const plan = [action("0000-01-01", "9999-12-31"), action(null, "2027-01-31")];
  const months = monthsFor(plan, TODAY, 9);
  expect(months).toEqual({ first: monthOf("2026-10-01"), count: 9 });
  expect(turned(months, 3).first).toBe(monthOf("2027-01-01"));
  expect(turned({ first: 2, count: 9 }, -9).first).toBe(0);
  expect(turned({ first: 119_990, count: 9 }, 9)).toEqual({ first: 119_991, count: 9 });
});

test("a day lies as far along as it is, and what lies beyond the months is not in them", () => {
  const months = { first: monthOf("2026-11-01"), count: 2 };
  expect(along(dayNumber("2026-11-01") ?? 0, months)).toBe(0);
  expect(along(dayNumber("2026-12-01") ?? 0, months)).toBeCloseTo(30 / 61);
  expect(along(dayNumber("2027-01-01") ?? 0, months)).toBe(1);
  expect(isWithin(spanOf(action("2025-01-01", "2028-01-01")) ?? { from: 0, to: 0 }, months)).toBe(true);
  expect(isWithin(spanOf(action(null, "2027-01-01")) ?? { from: 0, to: 0 }, months)).toBe(false);
  expect(isWithin(spanOf(action(null, "2026-12-31")) ?? { from: 0, to: 0 }, months)).toBe(true);
});
