import { expect, test } from "vitest";
import type { VersionLine } from "../door/door";
import { daysOf, sittingsOf } from "./sittings";

/** A version by its author's first letter and the time on the 4th of March, or on another day. */
function version(said: string): VersionLine {
  const [who = "", time = "", day = "04"] = said.split(" ");
  const when = new Date(`2026-03-${day}T${time}:00`).toISOString();
  return { version: said, author: who === "?" ? null : who, author_id: who === "?" ? null : who.toLowerCase(), device: `${who}'s`, when, summary: "" };
}

function gathered(...said: string[]): string[] {
  return sittingsOf(said.map(version)).map(({ versions, newest, older }) => `${newest}-${older} ${versions.map((one) => one.version).join(", ")}`);
}

test("what one person did without a long pause is one sitting", () => {
  expect(gathered("Ada 10:30", "Ada 10:20", "Bo 10:15", "Ada 10:10", "Ada 09:30")).toEqual([
    "0-2 Ada 10:30, Ada 10:20",
    "2-3 Bo 10:15",
    "3-4 Ada 10:10",
    "4-5 Ada 09:30",
  ]);
});

test("a sitting ends with the day, and nobody who is not known is taken for another", () => {
  expect(gathered("Ada 00:05 05", "Ada 23:55 04")).toHaveLength(2);
  expect(gathered("? 10:30", "? 10:20", "Ada 10:10")).toHaveLength(2);
});

test("days stand in the order of what was done, also where a clock was wrong", () => {
  const days = daysOf(sittingsOf(["Ada 10:00 05", "Bo 09:00 04", "Cy 12:00 05", "Ada 09:00 04"].map(version)));
  expect(days.map(({ when }) => new Date(when).getDate())).toEqual([5, 4, 5, 4]);
  expect(days.map(({ sittings }) => sittings.length)).toEqual([1, 1, 1, 1]);
});

test("ten thousand versions are gathered in no time", () => {
  const versions = Array.from({ length: 10_000 }, (_, at) => ({ ...version("Ada 10:30"), author_id: `p${at % 7}` }));
  const begun = performance.now();
  expect(daysOf(sittingsOf(versions))).toHaveLength(1);
  expect(performance.now() - begun).toBeLessThan(500);
});
