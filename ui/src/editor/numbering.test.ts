import { expect, test } from "vitest";
import { undrawn } from "../../tests/drawn";
import { standings } from "./numbering";

function check(lines: readonly string[], expected: readonly (string | null)[]): void {
  const said = standings(undrawn(lines)).map((one) => one && `${one.number}: ${one.position}/${one.of}`);
  expect(said).toEqual(expected);
}

test("items are counted by the list they are in", () => {
  check(["ol a", "ol b", "p", "ol c"], ["1: 1/2", "2: 2/2", null, "1: 1/1"]);
  check(["ol4 a", "ol b", "ol9 c"], ["4: 1/3", "5: 2/3", "9: 3/3"]);
});

test("what lies in an item does not end its list", () => {
  check(["ol a", "ol>p more", "ol>ul x", "ol>ul y", "ol b", "ol>ul z"], ["1: 1/2", null, "1: 1/2", "2: 2/2", "2: 2/2", "1: 1/1"]);
});

test("another kind of list is another list", () => {
  check(["ol a", "ul b", "[] c", "ol d"], ["1: 1/1", "1: 1/1", "1: 1/1", "1: 1/1"]);
  check(["q a", "q>ol b", "q>ol c"], [null, "1: 1/2", "2: 2/2"]);
});
