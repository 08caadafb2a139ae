/**
 * Tells each block's view what it cannot see by itself: where it stands in its list, and whether the caret is in it. A page
 * on which nothing is written yet says what can be done.
 */

import { Plugin, PluginKey, type EditorState, type Transaction } from "prosemirror-state";
import { Decoration, DecorationSet } from "prosemirror-view";
import type { Block } from "../blocks";
import { blocksIn } from "../nodes";
import { standings, type Standing } from "../numbering";
import { turningIn } from "../../words/turning";
import type { Hint } from "./node-views";

/** So many characters that turn text round are pointed out on a page; more of them turn their own paragraph round, and no other. */
const TURNING_MOST = 500;

/** Where each item stands, and what tells its view so. */
interface Numbers {
  readonly found: readonly (Standing | null)[];
  readonly told: DecorationSet;
  /** Whether nothing else is told. */
  readonly isPlain: boolean;
}

const key = new PluginKey<Numbers>("numbers");

export function hints(empty: () => string = () => ""): Plugin {
  return new Plugin<Numbers>({
    key,
    state: {
      init: (_, state) => numbers(state, standings(blocksIn(state.doc))),
      apply: (transaction, before, _, state) => (transaction.docChanged ? renumbered(transaction, before, state) : before),
    },
    props: {
      decorations: (state) => (key.getState(state)?.told ?? DecorationSet.empty).add(state.doc, [...carets(state), ...invitation(state, empty)]),
    },
  });
}

/** A letter changes no number: then views are told nothing, and nothing is drawn anew. */
function renumbered(transaction: Transaction, before: Numbers, state: EditorState): Numbers {
  const blocks = blocksIn(state.doc);
  const found = standings(blocks);
  const isSame = found.length === before.found.length && found.every((one, at) => sameStanding(one, before.found[at] ?? null));
  if (isSame && before.isPlain && blocks.every((block) => turningOf(block).length === 0)) {
    const told = before.told.map(transaction.mapping, state.doc);
    // An item that was replaced by another has lost what told its view.
    if (told.find().length === found.filter((one) => one !== null).length) return { ...before, told };
  }
  return numbers(state, found);
}

function sameStanding(a: Standing | null, b: Standing | null): boolean {
  if (a === null || b === null) return a === b;
  return a.position === b.position && a.of === b.of && a.number === b.number;
}

function numbers(state: EditorState, found: readonly (Standing | null)[]): Numbers {
  const blocks = blocksIn(state.doc);
  const decorations: Decoration[] = [];
  let turning = 0;
  state.doc.forEach((node, at, index) => {
    const standing = found[index];
    if (standing != null) decorations.push(Decoration.node(at, at + node.nodeSize, {}, { standing } satisfies Hint));
    // Each stands apart, so that it turns nothing round, and is seen.
    const block = blocks[index];
    for (const from of block === undefined ? [] : turningOf(block).slice(0, TURNING_MOST - turning)) {
      decorations.push(Decoration.inline(at + 1 + from, at + 2 + from, { class: "turning" }));
      turning += 1;
    }
  });
  return { found, told: DecorationSet.create(state.doc, decorations), isPlain: turning === 0 };
}

const turnings = new WeakMap<Block, readonly number[]>();

/** Where in a block's text the characters are that turn it round. */
function turningOf(block: Block): readonly number[] {
  const known = turnings.get(block);
  if (known !== undefined) return known;
  const found = turningIn(block.text, TURNING_MOST);
  turnings.set(block, found);
  return found;
}

function invitation(state: EditorState, empty: () => string): Decoration[] {
  const [only] = state.doc.children;
  const said = empty();
  if (said === "" || state.doc.childCount !== 1 || only?.type.name !== "paragraph" || only.content.size > 0) return [];
  return [Decoration.node(0, only.nodeSize, { "data-empty": said })];
}

/** The tables that the selection touches are shown as text. */
function carets(state: EditorState): Decoration[] {
  const { from, to } = state.selection;
  const out: Decoration[] = [];
  state.doc.nodesBetween(from, to, (node, at) => {
    if (node.type.name === "table") out.push(Decoration.node(at, at + node.nodeSize, {}, { caret: true } satisfies Hint));
    return false;
  });
  return out;
}
