import { expect, test } from "vitest";
import { calendarFile, type Entry } from "./calendar";

const NOW = new Date("2026-11-29T08:30:00Z");
const entry = (more: Partial<Entry>): Entry => ({ id: "ab".repeat(16), day: "2027-03-31", summary: "Ring every home", description: "", isCancelled: false, ...more });

/** What a calendar reads: lines put together again, and their names and values. */
function read(file: string): [string, string][] {
  expect(file.endsWith("\r\n")).toBe(true);
  expect(file.replaceAll("\r\n", "")).not.toMatch(/[\r\n]/);
  const lines = file.replace(/\r\n /g, "").split("\r\n").slice(0, -1);
  return lines.map((line) => {
    const at = line.indexOf(":");
    return [line.slice(0, at), line.slice(at + 1)];
  });
}

test("a due date is an all-day entry that is the same however often Ada saves it", () => {
  const all = read(calendarFile([entry({})], NOW));
  expect(all[0]).toEqual(["BEGIN", "VCALENDAR"]);
  expect(all.at(-1)).toEqual(["END", "VCALENDAR"]);
  expect(all).toContainEqual(["VERSION", "2.0"]);
  expect(all).toContainEqual(["UID", `${"ab".repeat(16)}@hedgerow`]);
  expect(all).toContainEqual(["DTSTAMP", "20261129T083000Z"]);
  expect(all).toContainEqual(["DTSTART;VALUE=DATE", "20270331"]);
  expect(all).toContainEqual(["SUMMARY", "Ring every home"]);
  const later = read(calendarFile([entry({ day: "2027-04-02" })], NOW));
  expect(later.find(([name]) => name === "UID")).toEqual(all.find(([name]) => name === "UID"));
});

test("no line is longer than 75 octets, and no character is parted", () => {
  const summary = "Ffonio pob tŷ ar y rhestr — 🌱 ŵ".repeat(12);
  const file = calendarFile([entry({ summary })], NOW);
  const lengths = file.split("\r\n").map((line) => new TextEncoder().encode(line).length);
  expect(Math.max(...lengths)).toBeLessThanOrEqual(75);
  expect(Math.max(...lengths)).toBeGreaterThan(70);
  expect(read(file)).toContainEqual(["SUMMARY", summary]);
});

test("what means something in a calendar means nothing in a text", () => {
  const file = calendarFile([entry({ summary: "Heat; light, food\\water\r\nEND:VEVENT", description: "a\u0007b\u2028c" })], NOW);
  expect(read(file)).toContainEqual(["SUMMARY", "Heat\\; light\\, food\\\\water\\nEND:VEVENT"]);
  expect(file.match(/\r\nEND:VEVENT\r\n/g)).toHaveLength(1);
  expect(read(file)).toContainEqual(["DESCRIPTION", "a b\u2028c"]);
});

test("what was stopped is struck out, what has no day is left out, and the years 0 and 9999 are days", () => {
  const file = read(calendarFile([entry({ id: "1", isCancelled: true }), entry({ id: "2", day: "soon" }), entry({ id: "3", day: "0000-01-01" }), entry({ id: "4", day: "9999-12-31" })], NOW));
  expect(file.filter(([name]) => name === "UID").map(([, id]) => id)).toEqual(["1@hedgerow", "3@hedgerow", "4@hedgerow"]);
  expect(file.filter(([name]) => name === "STATUS")).toEqual([["STATUS", "CANCELLED"]]);
  expect(file.filter(([name]) => name.startsWith("DTSTART")).map(([, day]) => day)).toEqual(["20270331", "00000101", "99991231"]);
});

test("a megabyte of text is cut, and half of a character is none", () => {
  const file = calendarFile([entry({ summary: "x".repeat(1_000_000) }), entry({ summary: "\ud83c" })], NOW);
  expect(file.length).toBeLessThan(4_000);
  expect(read(file)).toContainEqual(["SUMMARY", "\ufffd"]);
});
