/** Text tinted by whoever wrote it. The tints move with the text, and only what is new or changed is drawn again. */

import type { Node } from "prosemirror-model";
import { Plugin, PluginKey, type EditorState, type Transaction } from "prosemirror-state";
import { Decoration, DecorationSet } from "prosemirror-view";

/** From one position of the editor up to another. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

/** Text of one person. */
export interface Tint extends Range {
  /** Which of the eight colours, from 1 on. */
  readonly colour: number;
}

interface Tints {
  readonly drawn: DecorationSet;
  /** What was written since it was drawn. */
  readonly stale: readonly Range[];
  /** What is pointed out. */
  readonly pointed: Range | null;
}

type Told = { readonly drawn: Range; readonly tints: readonly Tint[] } | { readonly pointed: Range | null } | "none";

const NONE: Tints = { drawn: DecorationSet.empty, stale: [], pointed: null };
const key = new PluginKey<Tints>("author tints");

export function authorTints(): Plugin {
  return new Plugin<Tints>({
    key,
    state: { init: () => NONE, apply: (transaction, before) => told(transaction, transaction.docChanged ? moved(before, transaction) : before) },
    props: {
      decorations: (state) => {
        const { drawn, pointed } = key.getState(state) ?? NONE;
        return pointed === null ? drawn : drawn.add(state.doc, [Decoration.inline(pointed.from, pointed.to, { class: "pointed-out" })]);
      },
    },
  });
}

/** Draws the tints of a range anew. */
export function tinting(state: EditorState, drawn: Range, tints: readonly Tint[]): Transaction {
  return state.tr.setMeta(key, { drawn, tints } satisfies Told);
}

/** Points out a range, or nothing any more. */
export function pointing(state: EditorState, pointed: Range | null): Transaction {
  return state.tr.setMeta(key, { pointed } satisfies Told);
}

/** Takes all tints away. */
export function untinting(state: EditorState): Transaction {
  return state.tr.setMeta(key, "none" satisfies Told);
}

/** What was written since it was drawn. */
export function staleIn(state: EditorState): readonly Range[] {
  return key.getState(state)?.stale ?? [];
}

/** The blocks that a range touches, each with where it begins in the editor and in the page. */
export function blocksAt(doc: Node, { from, to }: Range): { node: Node; at: number; place: number }[] {
  const out: { node: Node; at: number; place: number }[] = [];
  let place = 0;
  doc.forEach((node, at) => {
    if (at + node.nodeSize > from && at < to) out.push({ node, at, place });
    place += node.nodeSize - 1;
  });
  return out;
}

function moved({ drawn, stale, pointed }: Tints, { mapping, doc }: Transaction): Tints {
  const changed: Range[] = [];
  for (const [index, map] of mapping.maps.entries()) {
    const on = mapping.slice(index + 1);
    map.forEach((_, __, from, to) => changed.push({ from: on.map(from, -1), to: on.map(to, 1) }));
  }
  const follow = ({ from, to }: Range) => ({ from: mapping.map(from, -1), to: mapping.map(to, 1) });
  return { drawn: drawn.map(mapping, doc), stale: [...stale.map(follow), ...changed], pointed: pointed === null ? null : follow(pointed) };
}

function told(transaction: Transaction, before: Tints): Tints {
  const said = transaction.getMeta(key) as Told | undefined;
  if (said === undefined) return before;
  if (said === "none") return NONE;
  if ("pointed" in said) return { ...before, pointed: said.pointed };
  const { drawn: range, tints } = said;
  const made = tints.map(({ from, to, colour }) => Decoration.inline(from, to, { class: "written-by", "data-presence": String(colour) }));
  // A decoration that only touches the range belongs to it: ranges are whole blocks.
  const drawn = before.drawn.remove(before.drawn.find(range.from, range.to)).add(transaction.doc, made);
  return { ...before, drawn, stale: [] };
}
