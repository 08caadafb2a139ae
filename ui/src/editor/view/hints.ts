/** Tells each block's view what it cannot see by itself: where it stands in its list, and whether the caret is in it. */

import { Plugin, PluginKey, type EditorState, type Transaction } from "prosemirror-state";
import { Decoration, DecorationSet } from "prosemirror-view";
import { blocksIn } from "../nodes";
import { standings, type Standing } from "../numbering";
import type { Hint } from "./node-views";

/** Where each item stands, and what tells its view so. */
interface Numbers {
  readonly found: readonly (Standing | null)[];
  readonly told: DecorationSet;
}

const key = new PluginKey<Numbers>("numbers");

export function hints(): Plugin {
  return new Plugin<Numbers>({
    key,
    state: {
      init: (_, state) => numbers(state, standings(blocksIn(state.doc))),
      apply: (transaction, before, _, state) => (transaction.docChanged ? renumbered(transaction, before, state) : before),
    },
    props: {
      decorations: (state) => (key.getState(state)?.told ?? DecorationSet.empty).add(state.doc, carets(state)),
    },
  });
}

/** A letter changes no number: then views are told nothing, and nothing is drawn anew. */
function renumbered(transaction: Transaction, before: Numbers, state: EditorState): Numbers {
  const found = standings(blocksIn(state.doc));
  const isSame = found.length === before.found.length && found.every((one, at) => sameStanding(one, before.found[at] ?? null));
  if (isSame) {
    const told = before.told.map(transaction.mapping, state.doc);
    // An item that was replaced by another has lost what told its view.
    if (told.find().length === found.filter((one) => one !== null).length) return { found: before.found, told };
  }
  return numbers(state, found);
}

function sameStanding(a: Standing | null, b: Standing | null): boolean {
  if (a === null || b === null) return a === b;
  return a.position === b.position && a.of === b.of && a.number === b.number;
}

function numbers(state: EditorState, found: readonly (Standing | null)[]): Numbers {
  const decorations: Decoration[] = [];
  state.doc.forEach((node, at, index) => {
    const standing = found[index];
    if (standing != null) decorations.push(Decoration.node(at, at + node.nodeSize, {}, { standing } satisfies Hint));
  });
  return { found, told: DecorationSet.create(state.doc, decorations) };
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
