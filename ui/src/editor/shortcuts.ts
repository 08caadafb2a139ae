/** Markdown as people type it: what begins a line makes a block, what surrounds words marks them. */

import { InputRule, inputRules } from "prosemirror-inputrules";
import type { Mark } from "prosemirror-model";
import type { EditorState, Plugin, Transaction } from "prosemirror-state";
import type { Marker, MarkName } from "./blocks";
import { addressTyped } from "./links";
import { editorMark } from "./nodes";
import { become, placeAt } from "./typing";

type Maker = (match: RegExpMatchArray) => Omit<Marker, "parents">;

const BLOCKS: readonly [RegExp, Maker][] = [
  [/^(#{1,6})\s$/, (match) => ({ type: "heading", level: match[1]?.length ?? 1 })],
  [/^[-*+]\s$/, () => ({ type: "unordered-list-item" })],
  [/^(\d{1,9})[.)]\s$/, (match) => numbered(Number(match[1]))],
  [/^(?:[-*+]\s)?\[( ?|x)\]\s$/i, (match) => ({ type: "task-list-item", checked: match[1]?.toLowerCase() === "x" })],
  [/^>\s$/, () => ({ type: "blockquote" })],
  [/^```(\S*)\s$/, (match) => ({ type: "code-block", ...(match[1] ? { language: match[1] } : {}) })],
  [/^\|\s$/, () => ({ type: "table" })],
];

function numbered(start: number): Omit<Marker, "parents"> {
  return start === 1 ? { type: "ordered-list-item" } : { type: "ordered-list-item", start };
}

/** Only a plain line takes them: what is a heading already may well begin with a number. A bullet may become a task. */
function block(pattern: RegExp, make: Maker): InputRule {
  return new InputRule(
    pattern,
    (state, match, start, end) => {
      const place = placeAt(state.doc, state.doc.resolve(start).index(0));
      const marker = make(match);
      const plain = place?.marker.type === "paragraph";
      const toTask = place?.marker.type === "unordered-list-item" && marker.type === "task-list-item";
      if (place === null || !(plain || toTask) || start !== place.at + 1) return null;
      const transaction = state.tr.delete(start, end);
      return become(transaction, { ...place, node: transaction.doc.child(place.index) }, { ...marker, parents: place.marker.parents });
    },
    { inCode: false },
  );
}

/**
 * Text between delimiters loses them and takes on a mark. The last character of the match is being typed and not in the
 * document yet.
 */
function surrounded(pattern: RegExp, type: MarkName): InputRule {
  return new InputRule(
    pattern,
    (state, match, start, end) => {
      const [, before = "", inner = ""] = match;
      return marked(state, start + before.length, end, inner, editorMark({ type, value: true }));
    },
    { inCode: false, inCodeMark: false },
  );
}

function marked(state: EditorState, from: number, to: number, inner: string, mark: Mark): Transaction | null {
  const at = state.doc.textBetween(from, to).indexOf(inner);
  if (inner === "" || at < 0) return null;
  const transaction = state.tr.delete(from + at + inner.length, to).delete(from, from + at);
  return transaction.addMark(from, from + inner.length, mark).removeStoredMark(mark);
}

const link = new InputRule(
  /\[([^[\]]+)\]\(([^()\s]+)\)$/,
  (state, match, start, end) => {
    const [, inner = "", to = ""] = match;
    const address = addressTyped(to);
    return address === null ? null : marked(state, start, end, inner, editorMark({ type: "link", value: address }));
  },
  { inCode: false, inCodeMark: false },
);

export const shortcutRules: readonly InputRule[] = [
  ...BLOCKS.map(([pattern, make]) => block(pattern, make)),
  surrounded(/(^|[^*\p{L}\p{N}])\*\*(\S|\S[^*]*\S)\*\*$/u, "strong"),
  surrounded(/(^|[^*\p{L}\p{N}])\*([^\s*]|[^\s*][^*]*[^\s*])\*$/u, "em"),
  surrounded(/(^|[^_\p{L}\p{N}])_([^\s_]|[^\s_][^_]*[^\s_])_$/u, "em"),
  surrounded(/(^|[^`])`([^`]+)`$/, "code"),
  link,
];

export function shortcuts(): Plugin {
  return inputRules({ rules: shortcutRules });
}
