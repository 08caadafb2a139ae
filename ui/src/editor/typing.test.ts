import { describe, expect, test } from "vitest";
import { after, editing } from "../../tests/drawn";
import { breakLine, eraseBackward, eraseForward, indent, makeInto, newLine, outdent, tick, type Deed } from "./typing";

function check(deed: Deed, before: readonly string[], expected: readonly string[]): void {
  expect(after(editing(before), deed)).toEqual(expected);
}

describe("enter", () => {
  const cases: [string, string[], string[]][] = [
    ["begins another of the same kind", ["ul sand|bags"], ["ul sand", "ul |bags"]],
    ["begins a paragraph after a heading", ["h2 Rota|"], ["h2 Rota", "p |"]],
    ["begins a task that is not done", ["[x] ring Bo|"], ["[x] ring Bo", "[] |"]],
    ["does not repeat a number", ["ol4 four|"], ["ol4 four", "ol |"]],
    ["makes room above what begins there", ["p a", "h1 |Rota"], ["p a", "p", "h1 |Rota"]],
    ["leaves a list by its empty item", ["ul a", "ul |"], ["ul a", "p |"]],
    ["leaves an inner list first", ["ul a", "ul>ol b", "ul>ol |"], ["ul a", "ul>ol b", "ul |"]],
    ["makes a new item of an empty paragraph in one", ["ul a", "ul>p b", "ul>p |"], ["ul a", "ul>p b", "ul |"]],
    ["goes on in a quotation", ["q one|"], ["q one", "q |"]],
    ["is a character in code", ["code a|b"], ["code a\\n|b"]],
    ["leads out of code after an empty line", ["code a\\n|", "p b"], ["code a", "p |", "p b"]],
    ["replaces what is selected", ["p one| two|"], ["p one", "p |"]],
  ];
  test.each(cases)("%s", (_, before, expected) => { check(newLine, before, expected); });
});

describe("backspace where a block begins", () => {
  const cases: [string, string[], string[]][] = [
    ["takes its kind first", ["p a", "h2 |b"], ["p a", "p |b"]],
    ["leaves it in what it lies in", ["ul a", "ul>ul |b"], ["ul a", "ul>p |b"]],
    ["takes it out next", ["ul a", "ul>p |b"], ["ul a", "p |b"]],
    ["joins it at last", ["ul a", "p |b"], ["ul a|b"]],
    ["takes away an empty line above", ["p", "p |b"], ["p |b"]],
    ["does nothing on the first", ["p |a"], ["nothing"]],
    ["is not its turn elsewhere", ["p a|b"], ["nothing"]],
  ];
  test.each(cases)("%s", (_, before, expected) => { check(eraseBackward, before, expected); });
});

test("delete where a block ends joins the next one", () => {
  check(eraseForward, ["ul a|", "h1 b"], ["ul a|b"]);
  check(eraseForward, ["p a|b", "p c"], ["nothing"]);
});

describe("indenting", () => {
  test("takes an item into the one before, with what lies in it", () => {
    check(indent, ["ul a", "ul b|", "ul>ol c", "ul d"], ["ul a", "ul>ul b|", "ul>ul>ol c", "ul d"]);
  });
  test("does nothing where there is no item before", () => {
    check(indent, ["ul a|"], ["nothing"]);
    check(indent, ["p a", "ul b|"], ["nothing"]);
  });
  test("leaves the key to others outside lists", () => { check(indent, ["ul a", "p b|"], ["nothing"]); });
  test("is taken back by outdenting", () => {
    check(outdent, ["ul a", "ul>ul b|", "ul>ul>ol c", "ul d"], ["ul a", "ul b|", "ul>ol c", "ul d"]);
    check(outdent, ["ul a|"], ["nothing"]);
  });
});

test("what is selected becomes a list, and paragraphs again", () => {
  check(makeInto({ type: "ordered-list-item" }), ["p |a", "h1 b|", "p c"], ["ol a", "ol b|", "p c"]);
  check(makeInto({ type: "ordered-list-item" }), ["ol |a", "ol b|", "p c"], ["p a", "p b|", "p c"]);
  check(makeInto({ type: "heading", level: 2 }), ["h1 a|"], ["h2 a|"]);
});

test("a task is ticked and unticked, another block is not", () => {
  check(tick(2), ["[] ring Bo|"], ["[x] ring Bo|"]);
  check(tick(2), ["[x] ring Bo|"], ["[] ring Bo|"]);
  check(tick(2), ["p ring Bo|"], ["nothing"]);
});

test("a line break stays within its block", () => { check(breakLine, ["ul a|b"], ["ul a\\n|b"]); });
