import { expect, test } from "vitest";
import { isPast, spokenDate, spokenDay, spokenMoment, spokenTime } from "./times";

const now = new Date(2026, 2, 4, 16, 0);
const at = (day: number, hour = 10, minute = 42) => new Date(2026, 2, day, hour, minute).toISOString();

test("today by the hour, this week by the day, else by the date, in either language", () => {
  expect(spokenTime(at(4), now, "en")).toBe("10:42");
  expect(spokenTime(at(3, 23), now, "en")).toBe("Tuesday");
  expect(spokenTime(at(3, 23), now, "cy")).toBe("dydd Mawrth");
  expect(spokenTime(at(-10), now, "en")).toBe("18 Feb 2026");
  expect(spokenTime(at(-10), now, "cy")).toBe("18 Chwef 2026");
});

test("a clock that runs ahead shows its date, and what is no time shows as it is", () => {
  expect(spokenTime(at(6), now, "en")).toBe("6 Mar 2026");
  expect(spokenTime("soon", now, "en")).toBe("soon");
});

test("a day of the calendar is the same day for everybody, and over when the next one begins", () => {
  expect(spokenDate("2027-03-31", "en")).toBe("31 Mar 2027");
  expect(spokenDate("2027-05-01", "cy")).toBe("1 Mai 2027");
  expect(spokenDate("in spring", "en"), "what an older version wrote is shown as it is").toBe("in spring");
  expect(["2026-03-03", "2026-03-04", "2026-03-05"].map((day) => isPast(day, now))).toEqual([true, false, false]);
});

test("a day over what was done on it, and a moment in a sentence", () => {
  expect([4, 3, 2].map((day) => spokenDay(at(day), now, "en"))).toEqual(["Today", "Yesterday", "Monday 2 March"]);
  expect([4, 3, 2].map((day) => spokenDay(at(day), now, "cy"))).toEqual(["Heddiw", "Ddoe", "Dydd Llun 2 Mawrth"]);
  expect(spokenDay(new Date(2024, 11, 31, 9, 0).toISOString(), now, "cy")).toBe("Dydd Mawrth 31 Rhagfyr 2024");
  expect(spokenMoment(at(3, 9, 5), "en")).toBe("3 March 2026, 09:05");
  expect(spokenMoment(at(3, 9, 5), "cy")).toBe("3 Mawrth 2026, 09:05");
});
