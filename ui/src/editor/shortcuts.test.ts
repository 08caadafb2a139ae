// @vitest-environment jsdom
import { EditorState } from "prosemirror-state";
import { EditorView } from "prosemirror-view";
import { expect, test } from "vitest";
import { drawn, editing } from "../../tests/drawn";
import type { Block } from "./blocks";
import { blocksIn } from "./nodes";
import { LINE_SHORTCUTS, WORD_SHORTCUTS, shortcuts } from "./shortcuts";
import { madeBy } from "./slash";

/** What stands there after somebody types this, key by key. */
function typed(before: readonly string[], text: string): string[] {
  return drawn(typing(before, text));
}

function typing(before: readonly string[], text: string): Block[] {
  const { doc, selection } = editing(before);
  const view = new EditorView(null, { state: EditorState.create({ doc, selection, plugins: [shortcuts()] }) });
  for (const key of text) {
    const { from, to } = view.state.selection;
    const insert = () => view.state.tr.insertText(key, from, to);
    const handled = view.someProp("handleTextInput", (handle) => handle(view, from, to, key, insert));
    if (handled !== true) view.dispatch(insert());
  }
  const blocks = blocksIn(view.state.doc);
  view.destroy();
  return blocks;
}

const LINES: [string, string[]][] = [
  ["# Rota", ["h1 Rota"]],
  ["### Rota", ["h3 Rota"]],
  ["- sandbags", ["ul sandbags"]],
  ["1. first", ["ol first"]],
  ["4) fourth", ["ol4 fourth"]],
  ["[] ring Bo", ["[] ring Bo"]],
  ["- [x] done", ["[x] done"]],
  ["> said she", ["q said she"]],
  ["``` a", ["code a"]],
  ["so **very** wet", ["p so **very** wet"]],
  ["so _very_ wet", ["p so _very_ wet"]],
  ["so *very* wet", ["p so _very_ wet"]],
  ["run `sync` now", ["p run `sync` now"]],
  ["see [the plan](https://example.org/p) now", ["p see [the plan](https://example.org/p) now"]],
  ["see [this](javascript:alert) now", ["p see [this](javascript:alert) now"]],
  ["snake_case_name and 2*3*4", ["p snake_case_name and 2*3*4"]],
];

test.each(LINES)("%s", (text, expected) => {
  expect(typed(["p |"], text)).toEqual(expected);
});

test("a heading that begins with a number stays a heading, and code takes what is typed", () => {
  expect(typed(["h1 |"], "1. Why")).toEqual(["h1 1. Why"]);
  expect(typed(["code |"], "# **x**")).toEqual(["code # **x**"]);
});

test("an address that may not be followed makes no link", () => {
  const state = editing(["p |"]);
  expect(state.doc.textContent).toBe("");
  expect(typed(["p |"], "[x](javascript:alert)")).toEqual(["p [x](javascript:alert)"]);
});

test("each example does what is said of it", () => {
  for (const { typed: text, makes } of LINE_SHORTCUTS.flatMap(({ examples }) => examples)) {
    expect(typing(["p |"], `${text("")} `)[0]).toMatchObject({ ...madeBy(makes), text: "" });
  }
  for (const { typed: text, makes } of WORD_SHORTCUTS.flatMap(({ examples }) => examples)) {
    expect(typing(["p |"], text("so wet"))[0]).toMatchObject({ text: "so wet", marks: [{ from: 0, to: 6, type: makes }] });
  }
});
