import { expect, test } from "vitest";
import { normal, paragraph, type Block, type Mark } from "./blocks";
import { drawn, undrawn } from "../../tests/drawn";
import { addressTyped, followable } from "./links";
import { readTable, writeTable } from "./table";

// What the document's room does, in its own words: the two must agree.

test("there is always a block", () => {
  expect(drawn(normal([]))).toEqual(["p"]);
});

test("a parent that is not open is dropped", () => {
  expect(drawn(normal(undrawn(["ul>ul night cover", "ul>ul night cover"])))).toEqual(["ul night cover", "ul>ul night cover"]);
});

test("touching marks become one and code stops at a line break", () => {
  const mark = (from: number, to: number, type: Mark["type"]): Mark => ({ from, to, type, value: true });
  const block: Block = { ...paragraph("un\ndau"), marks: [mark(0, 2, "strong"), mark(2, 9, "strong"), mark(1, 5, "code"), mark(4, 4, "em")] };
  expect(normal([block])[0]?.marks).toEqual([mark(0, 6, "strong"), mark(1, 2, "code"), mark(3, 5, "code")]);
});

test("a number is kept where it says something", () => {
  expect(drawn(normal(undrawn(["ol1 x", "ol x", "ol1 x", "p", "ol3 x"])))).toEqual(["ol x", "ol x", "ol1 x", "p", "ol3 x"]);
});

test("control characters are seen, code and tables have no marks, and nothing lies deeper than ten", () => {
  const deep = Array.from({ length: 14 }, (_, at) => `${"ul>".repeat(at)}ul x`);
  expect(Math.max(...normal(undrawn(deep)).map(({ parents }) => parents.length))).toBe(9);
  expect(normal([paragraph("a\u0007b\tc\nd")])[0]?.text).toBe("a\ufffdb\tc\nd");
  const table: Block = { type: "table", parents: [], text: "x", marks: [{ from: 0, to: 1, type: "strong", value: true }] };
  expect(normal([table])[0]?.marks).toEqual([]);
});

test("a block in normal form is handed back itself", () => {
  const blocks = normal(undrawn(["h1 a", "ul b", "ul>p c"]));
  expect(normal(blocks).every((block, at) => block === blocks[at])).toBe(true);
});

test("only some addresses are followed, however they are written", () => {
  for (const address of ["https://example.org", "HTTP://example.org", "mailto:bo@example.org", "hedgerow:page/1"]) {
    expect(followable(address)).toBe(address);
  }
  for (const address of ["javascript:alert(1)", " JaVaScRiPt:alert(1)", "java\tscript:alert(1)", "data:text/html,x", "file:///etc", "//example.org", "example.org", "vbscript:x"]) {
    expect(followable(address)).toBeNull();
  }
});

test("what people type as an address is one", () => {
  expect(addressTyped(" example.org/plan ")).toBe("https://example.org/plan");
  expect(addressTyped("bo@example.org")).toBe("mailto:bo@example.org");
  expect(addressTyped("not now")).toBeNull();
  expect(addressTyped("e.g.")).toBeNull();
});

test("a table is drawn from its source, and what is none is not", () => {
  expect(readTable("| a | b\\|c |\n|:--|--:|\n| 1 |\n| 2 | 3 | 4 |")).toEqual({
    head: ["a", "b|c"],
    align: ["left", "right"],
    rows: [["1", ""], ["2", "3"]],
  });
  expect(readTable("just text")).toBeNull();
  expect(readTable("| a | b |\n|---|")).toBeNull();
  expect(readTable(writeTable([["a|b", "c"], ["d"]]))).toEqual({ head: ["a|b", "c"], align: [null, null], rows: [["d", ""]] });
});
