/**
 * Tells each block's view what it cannot see by itself: where it stands in its list, and whether the caret is in it. A page
 * on which nothing is written yet says what can be done.
 */

import { Plugin, PluginKey, type EditorState } from "prosemirror-state";
import { Decoration, DecorationSet } from "prosemirror-view";
import { blocksIn } from "../nodes";
import { standings } from "../numbering";
import { turningIn } from "../../words/turning";
import type { Hint } from "./node-views";

/** So many characters that turn text round are pointed out on a page; more of them turn their own paragraph round, and no other. */
const TURNING_MOST = 500;

const key = new PluginKey<DecorationSet>("numbers");

export function hints(empty: () => string = () => ""): Plugin {
  return new Plugin<DecorationSet>({
    key,
    state: {
      init: (_, state) => numbers(state),
      apply: (transaction, before, _, state) => (transaction.docChanged ? numbers(state) : before),
    },
    props: {
      decorations: (state) => (key.getState(state) ?? DecorationSet.empty).add(state.doc, [...carets(state), ...invitation(state, empty)]),
    },
  });
}

function numbers(state: EditorState): DecorationSet {
  const blocks = blocksIn(state.doc);
  const found = standings(blocks);
  const decorations: Decoration[] = [];
  let turning = 0;
  state.doc.forEach((node, at, index) => {
    const standing = found[index];
    if (standing != null) decorations.push(Decoration.node(at, at + node.nodeSize, {}, { standing } satisfies Hint));
    // Each stands apart, so that it turns nothing round, and is seen.
    for (const from of turningIn(blocks[index]?.text ?? "", TURNING_MOST - turning)) {
      decorations.push(Decoration.inline(at + 1 + from, at + 2 + from, { class: "turning" }));
      turning += 1;
    }
  });
  return DecorationSet.create(state.doc, decorations);
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
