/** Markdown as people type it: what begins a line makes a block, what surrounds words marks them. */

import { InputRule, inputRules } from "prosemirror-inputrules";
import type { Mark } from "prosemirror-model";
import type { EditorState, Plugin, Transaction } from "prosemirror-state";
import type { Marker, MarkName } from "./blocks";
import { addressTyped } from "./links";
import { editorMark } from "./nodes";
import type { Choice } from "./slash";
import { become, placeAt } from "./typing";

type Maker = (match: RegExpMatchArray) => Omit<Marker, "parents">;

/** What is typed for something, with words where there are any. */
interface Example<Makes> {
  readonly typed: (words: string) => string;
  readonly makes: Makes;
}

/** A pattern that is acted on as soon as it is typed, and what is said of it. */
interface Shortcut<Makes> {
  readonly rule: InputRule;
  readonly examples: readonly Example<Makes>[];
}

const begins = (typed: string, makes: Choice["id"]): Example<Choice["id"]> => ({ typed: () => typed, makes });

/** What makes something of a line, typed at its beginning with a space behind it. */
export const LINE_SHORTCUTS: readonly Shortcut<Choice["id"]>[] = [
  {
    examples: [begins("#", "heading1"), begins("##", "heading2"), begins("###", "heading3")],
    rule: block(/^(#{1,6})\s$/, (match) => ({ type: "heading", level: match[1]?.length ?? 1 })),
  },
  { examples: [begins("-", "bullets")], rule: block(/^[-*+]\s$/, () => ({ type: "unordered-list-item" })) },
  { examples: [begins("1.", "numbers")], rule: block(/^(\d{1,9})[.)]\s$/, (match) => numbered(Number(match[1]))) },
  {
    examples: [begins("[]", "tasks")],
    rule: block(/^(?:[-*+]\s)?\[( ?|x)\]\s$/i, (match) => ({ type: "task-list-item", checked: match[1]?.toLowerCase() === "x" })),
  },
  { examples: [begins(">", "quote")], rule: block(/^>\s$/, () => ({ type: "blockquote" })) },
  {
    examples: [begins("```", "code")],
    rule: block(/^```(\S*)\s$/, (match) => ({ type: "code-block", ...(match[1] ? { language: match[1] } : {}) })),
  },
  { examples: [begins("|", "table")], rule: block(/^\|\s$/, () => ({ type: "table" })) },
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

function link(pattern: RegExp): InputRule {
  return new InputRule(
    pattern,
    (state, match, start, end) => {
      const [, inner = "", to = ""] = match;
      const address = addressTyped(to);
      return address === null ? null : marked(state, start, end, inner, editorMark({ type: "link", value: address }));
    },
    { inCode: false, inCodeMark: false },
  );
}

/** What marks words, typed around them. */
export const WORD_SHORTCUTS: readonly Shortcut<MarkName>[] = [
  {
    examples: [{ typed: (words) => `**${words}**`, makes: "strong" }],
    rule: surrounded(/(^|[^*\p{L}\p{N}])\*\*(\S|\S[^*]*\S)\*\*$/u, "strong"),
  },
  {
    examples: [{ typed: (words) => `*${words}*`, makes: "em" }],
    rule: surrounded(/(^|[^*\p{L}\p{N}])\*([^\s*]|[^\s*][^*]*[^\s*])\*$/u, "em"),
  },
  {
    examples: [{ typed: (words) => `_${words}_`, makes: "em" }],
    rule: surrounded(/(^|[^_\p{L}\p{N}])_([^\s_]|[^\s_][^_]*[^\s_])_$/u, "em"),
  },
  { examples: [{ typed: (words) => `\`${words}\``, makes: "code" }], rule: surrounded(/(^|[^`])`([^`]+)`$/, "code") },
  {
    examples: [{ typed: (words) => `[${words}](example.org)`, makes: "link" }],
    rule: link(/\[([^[\]]+)\]\(([^()\s]+)\)$/),
  },
];

/** Acts on all of them. */
export function shortcuts(): Plugin {
  return inputRules({ rules: [...LINE_SHORTCUTS, ...WORD_SHORTCUTS].map(({ rule }) => rule) });
}
