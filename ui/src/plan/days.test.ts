import { expect, test } from "vitest";
import { dayNumber, dayOf, firstOfMonth, isWritten, mondayOf, monthOf, shifted, todayOf } from "./days";

test("a day goes on by days and weeks, over months, years and the 29th of February", () => {
  expect(shifted("2027-03-31", 1)).toBe("2027-04-01");
  expect(shifted("2028-02-28", 1)).toBe("2028-02-29");
  expect(shifted("2027-12-29", 7)).toBe("2028-01-05");
  expect(shifted("2027-03-01", -1)).toBe("2027-02-28");
});

test("the first and the last day of the calendar can be read, and stay as they are", () => {
  expect(dayNumber("0000-01-01")).not.toBeNull();
  expect(shifted("0000-01-01", -7)).toBe("0000-01-01");
  expect(shifted("9999-12-31", 7)).toBe("9999-12-31");
  expect(dayOf((dayNumber("0099-12-31") ?? 0) + 1)).toBe("0100-01-01");
});

test("no day is said before 1900 or after 2199", () => {
  expect(shifted("1900-01-03", -7)).toBe("1900-01-01");
  expect(shifted("2199-12-29", 7)).toBe("2199-12-31");
  expect(["1899-12-31", "1900-01-01", "2199-12-31", "2200-01-01", "2027-02-30"].filter(isWritten)).toEqual(["1900-01-01", "2199-12-31"]);
});

test("what is no day is none, and stays as it was said", () => {
  for (const said of ["", "soon", "2027-02-30", "2027-13-01", "27-1-1", "2027-03-31T10:00:00Z", "٢٠٢٧-٠٣-٣١"]) {
    expect([said, dayNumber(said)]).toEqual([said, null]);
    expect(shifted(said, 1)).toBe(said);
  }
  expect(dayNumber(null)).toBeNull();
});

test("weeks begin on Monday, and months on their first", () => {
  const monday = (day: string) => dayOf(mondayOf(dayNumber(day) ?? 0));
  expect(["2026-11-29", "2026-11-30", "2026-12-06", "1969-12-31"].map(monday)).toEqual(["2026-11-23", "2026-11-30", "2026-11-30", "1969-12-29"]);
  expect(dayOf(firstOfMonth(monthOf("2026-11-29")))).toBe("2026-11-01");
  expect(dayOf(firstOfMonth(monthOf("0000-01-31")))).toBe("0000-01-01");
});

test("today is the day where the person is", () => {
  expect(todayOf(new Date(2026, 10, 29, 23, 59))).toBe("2026-11-29");
  expect(todayOf(new Date(2026, 10, 29, 0, 1))).toBe("2026-11-29");
});
