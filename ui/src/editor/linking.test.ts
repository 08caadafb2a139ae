import { EditorState, TextSelection } from "prosemirror-state";
import { expect, test } from "vitest";
import { drawn, undrawn } from "../../tests/drawn";
import { linkAt, linked, linkInserted, mayLink } from "./linking";
import { blocksIn, docOf } from "./nodes";

/** A page on which the caret is at a place of the editor, or something is selected up to another. */
function page(lines: string[], from: number, to = from): EditorState {
  const state = EditorState.create({ doc: docOf(undrawn(lines)) });
  return state.apply(state.tr.setSelection(TextSelection.create(state.doc, from, to)));
}

const reads = (state: EditorState) => drawn(blocksIn(state.doc)).join("\n");

test("Ada puts a link where nothing is selected, and what she types next is none", () => {
  const before = page(["p see  first"], 5);
  const after = before.apply(linkInserted(before, "https://example.org/plan", "the plan"));
  expect(reads(after)).toBe("p see [the plan](https://example.org/plan) first");
  const typed = after.apply(after.tr.insertText(" now"));
  expect(reads(typed)).toBe("p see [the plan](https://example.org/plan) now first");
});

test("a link is made of what is selected, found at the caret, and taken away", () => {
  const before = page(["p see the plan first"], 5, 13);
  const after = before.apply(linked(before, "https://example.org"));
  expect(linkAt(after)).toBe("https://example.org");
  const within = after.apply(after.tr.setSelection(TextSelection.create(after.doc, 9)));
  expect(linkAt(within.apply(linked(within, null)))).toBeNull();
  expect(reads(within.apply(linked(within, null)))).toBe(reads(before));
});

test("nowhere in code can a link be", () => {
  expect(mayLink(page(["p words"], 2))).toBe(true);
  expect(mayLink(page(["code level > 2"], 2))).toBe(false);
});
