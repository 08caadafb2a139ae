/** Pages of any length, read in parts. */

import { describe, expect, test } from "vitest";
import { paragraph, type Block } from "./blocks";
import { isTooLong, MOST, partsOf } from "./long";

/** Half of a character of two units. */
const HALF = /\p{Surrogate}/u;
const joined = (parts: readonly (readonly Block[])[]) => parts.flat().map(({ text }) => text).join("");

describe("a page that is too long to be written in", () => {
  test("has too many lines, too many characters, or too many looks", () => {
    const looks = (count: number): Block => ({
      ...paragraph("ab".repeat(count)),
      marks: Array.from({ length: count }, (_, at) => ({ from: 2 * at, to: 2 * at + 1, type: "strong", value: true })),
    });
    expect(isTooLong(Array.from({ length: MOST.blocks }, () => paragraph("a")))).toBe(false);
    expect(isTooLong(Array.from({ length: MOST.blocks + 1 }, () => paragraph("a")))).toBe(true);
    expect(isTooLong([paragraph("a".repeat(MOST.characters))])).toBe(false);
    expect(isTooLong([paragraph("a".repeat(MOST.characters + 1))])).toBe(true);
    expect(isTooLong([looks(MOST.marks)])).toBe(false);
    expect(isTooLong([looks(MOST.marks + 1)])).toBe(true);
  });

  test("is read in parts that are short, and lack no character", () => {
    const line = "seagulls 🐦 ".repeat(40_000);
    const page = [paragraph("first"), paragraph(line), ...Array.from({ length: 1_200 }, (_, at) => paragraph(`line ${at}`))];
    const parts = partsOf(page);
    expect(joined(parts)).toBe(page.map(({ text }) => text).join(""));
    for (const part of parts) {
      expect(part.length).toBeLessThanOrEqual(500);
      expect(part.reduce((sum, { text }) => sum + text.length, 0)).toBeLessThanOrEqual(50_000);
      expect(part.every(({ text }) => !HALF.test(text))).toBe(true);
    }
  });

  test("keeps what is bold bold where a line is cut", () => {
    const text = "a".repeat(120_000);
    const page: Block[] = [{ ...paragraph(text), marks: [{ from: 40_000, to: 110_000, type: "strong", value: true }] }];
    const [first, second, third] = partsOf(page).map(([block]) => block?.marks);
    expect(first).toEqual([{ from: 40_000, to: 50_000, type: "strong", value: true }]);
    expect(second).toEqual([{ from: 0, to: 50_000, type: "strong", value: true }]);
    expect(third).toEqual([{ from: 0, to: 10_000, type: "strong", value: true }]);
  });

  test("an empty page is one part", () => {
    expect(partsOf([paragraph()])).toEqual([[paragraph()]]);
  });
});
