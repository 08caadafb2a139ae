/** Links in what is written: the one at the caret, made of what is selected, put where nothing is. */

import type { MarkType } from "prosemirror-model";
import type { EditorState, Transaction } from "prosemirror-state";
import { editorMark } from "./nodes";
import { schema } from "./schema";

const LINK = schema.marks["link"] as MarkType;

/** What is selected, or the link that the caret is in. */
function rangeOf({ selection }: EditorState): { from: number; to: number } {
  const { from, to, empty, $from } = selection;
  if (!empty) return { from, to };
  const { parent } = $from;
  const [before, after] = [parent.childBefore($from.parentOffset), parent.childAfter($from.parentOffset)];
  const link = [before, after].find(({ node }) => node?.marks.some(({ type }) => type === LINK));
  if (link?.node == null) return { from, to };
  return { from: $from.start() + link.offset, to: $from.start() + link.offset + link.node.nodeSize };
}

/** The address of the link at the caret, or in what is selected. */
export function linkAt(state: EditorState): string | null {
  const { from, to } = rangeOf(state);
  if (!state.doc.rangeHasMark(from, to, LINK)) return null;
  const mark = state.doc.nodeAt(from)?.marks.find(({ type }) => type === LINK);
  return mark === undefined ? null : String(mark.attrs["href"]);
}

/** Makes what is selected, or the link at the caret, a link to there; to nowhere, it is none any more. */
export function linked(state: EditorState, address: string | null): Transaction {
  const { from, to } = rangeOf(state);
  const transaction = state.tr.removeMark(from, to, LINK);
  return address === null ? transaction : transaction.addMark(from, to, editorMark({ type: "link", value: address }));
}

/** Whether a link may stand where the caret is: what is read letter by letter has none. */
export function mayLink({ selection }: EditorState): boolean {
  return [selection.$from, selection.$to].every(({ parent }) => parent.type.allowsMarkType(LINK));
}

/** Puts words at the caret that are a link. What is typed next is none. */
export function linkInserted(state: EditorState, address: string, words: string): Transaction {
  const text = schema.text(words, [...(state.storedMarks ?? state.selection.$from.marks()), editorMark({ type: "link", value: address })]);
  return state.tr.replaceSelectionWith(text, false).removeStoredMark(LINK).scrollIntoView();
}
