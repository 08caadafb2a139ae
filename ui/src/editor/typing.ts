/** What keys and buttons do to blocks. Each takes the editor's state and gives what to do, or nothing where it is not its turn. */

import type { Node } from "prosemirror-model";
import { TextSelection, type EditorState, type Transaction } from "prosemirror-state";
import { NESTING_MOST, following, isContainer, isFile, isKind, isLiteral, markerOf, takesMarks, type Container, type Marker } from "./blocks";
import { attributesOf, blockOf } from "./nodes";
import { nodeName, schema } from "./schema";

export type Deed = (state: EditorState) => Transaction | null;

/** A block of the editor's document, and where it is. */
export interface Place {
  readonly index: number;
  /** The position before it. */
  readonly at: number;
  readonly node: Node;
  readonly marker: Marker;
}

/** The block at a place in the row of blocks. */
export function placeAt(doc: Node, index: number): Place | null {
  if (index < 0 || index >= doc.childCount) return null;
  const at = doc.children.slice(0, index).reduce((sum, node) => sum + node.nodeSize, 0);
  const node = doc.child(index);
  return { index, at, node, marker: markerOf(blockOf(node)) };
}

/** The blocks that the selection touches. */
export function touched(state: EditorState): Place[] {
  const { $from, $to } = state.selection;
  const [first, last] = [$from.index(0), Math.min($to.index(0), state.doc.childCount - 1)];
  return Array.from({ length: last - first + 1 }, (_, at) => placeAt(state.doc, first + at)).filter((one) => one !== null);
}

/** The block with the caret, and where in its text that is; nothing while more is selected. */
function caret(state: EditorState): { place: Place; offset: number } | null {
  const { selection, doc } = state;
  if (!(selection instanceof TextSelection) || selection.$cursor === null) return null;
  const place = placeAt(doc, selection.$cursor.index(0));
  return place === null ? null : { place, offset: selection.$cursor.parentOffset };
}

/** Makes a block say something else; its text stays. */
export function become(transaction: Transaction, place: Place, marker: Marker): Transaction {
  const at = transaction.mapping.map(place.at);
  if (!takesMarks(marker)) transaction.removeMark(at + 1, at + place.node.nodeSize - 1);
  return transaction.setNodeMarkup(at, schema.nodes[nodeName(marker)], attributesOf(marker));
}

/** Enter: another block, or out of a list whose item is empty. */
export const newLine: Deed = (state) => {
  const here = caret(state);
  if (here === null) {
    const rest = state.tr.deleteSelection();
    return rest.docChanged ? splitHere(rest) : null;
  }
  const { place, offset } = here;
  const empty = place.node.content.size === 0;
  if (isLiteral(place.marker.type)) return lineInLiteral(state, place, offset);
  if (empty && (isContainer(place.marker.type) || place.marker.parents.length > 0)) return outOf(state, place);
  return splitHere(state.tr);
};

function splitHere(transaction: Transaction): Transaction {
  const { $from } = transaction.selection;
  const place = placeAt(transaction.doc, $from.index(0));
  if (place === null) return transaction;
  const next = following(place.marker);
  const type = schema.nodes[nodeName(next)] ?? schema.nodes["paragraph"];
  if (type === undefined) return transaction;
  // At the beginning of what is written, a line above it: what is written stays what it is.
  if ($from.parentOffset === 0 && place.node.content.size > 0) {
    const above = transaction.insert(place.at, type.create(attributesOf(next)));
    return above.scrollIntoView();
  }
  return transaction.split($from.pos, 1, [{ type, attrs: attributesOf(next) }]).scrollIntoView();
}

/** In code and tables Enter is a character; after an empty line at the end it leads out. */
function lineInLiteral(state: EditorState, place: Place, offset: number): Transaction {
  const text = place.node.textContent;
  if (offset !== text.length || !text.endsWith("\n")) return state.tr.insertText("\n").scrollIntoView();
  const paragraph = schema.node("paragraph", { parents: place.marker.parents });
  const end = place.at + place.node.nodeSize;
  const transaction = state.tr.insert(end, paragraph).delete(end - 2, end - 1);
  return transaction.setSelection(TextSelection.create(transaction.doc, end)).scrollIntoView();
}

/** A line break within a block; what is said of a file is one line. */
export const breakLine: Deed = (state) => touched(state).some(({ marker }) => isFile(marker)) ? newLine(state) : state.tr.insertText("\n").scrollIntoView();

/** One step out: an item without text becomes one of the list around it, or a paragraph. */
function outOf(state: EditorState, place: Place): Transaction {
  const { type, parents } = place.marker;
  const last = parents.at(-1);
  if (last === undefined) return become(state.tr, place, { type: "paragraph", parents });
  if (type === "blockquote") return become(state.tr, place, { type: "paragraph", parents });
  return become(state.tr, place, following({ type: last, parents: parents.slice(0, -1) }));
}

/** Backspace where a block begins: first it loses its kind, then what it lies in, then it joins the block before. */
export const eraseBackward: Deed = (state) => {
  const here = caret(state);
  if (here === null || here.offset > 0) return null;
  const { place } = here;
  const { type, parents } = place.marker;
  if (type !== "paragraph" && isKind(type) && !(isLiteral(type) && place.node.content.size > 0)) {
    return become(state.tr, place, { type: "paragraph", parents });
  }
  if (parents.length > 0) return become(state.tr, place, { ...place.marker, parents: parents.slice(0, -1) });
  const before = placeAt(state.doc, place.index - 1);
  return before === null ? null : join(state, before, place);
};

/** Delete where a block ends: the next one joins it. */
export const eraseForward: Deed = (state) => {
  const here = caret(state);
  if (here === null || here.offset < here.place.node.content.size) return null;
  const next = placeAt(state.doc, here.place.index + 1);
  return next === null ? null : join(state, here.place, next);
};

function join(state: EditorState, first: Place, second: Place): Transaction {
  const { tr } = state;
  if (first.node.content.size === 0) return tr.delete(first.at, first.at + first.node.nodeSize).scrollIntoView();
  if (!takesMarks(first.marker)) tr.removeMark(second.at + 1, second.at + second.node.nodeSize - 1);
  return tr.delete(second.at - 1, second.at + 1).scrollIntoView();
}

/** Makes what is selected into blocks of this kind; into paragraphs if they are all of it already. */
export function makeInto(wanted: Omit<Marker, "parents">): Deed {
  return (state) => {
    const places = touched(state);
    const are = places.every(({ marker }) => marker.type === wanted.type && marker.level === wanted.level);
    const transaction = state.tr;
    for (const place of places) {
      const { parents } = place.marker;
      become(transaction, place, are ? { type: "paragraph", parents } : { ...wanted, parents });
    }
    return transaction.docChanged ? transaction.scrollIntoView() : null;
  };
}

/** Ticks a task, or unticks it. */
export function tick(at: number): Deed {
  return (state) => {
    const place = placeAt(state.doc, state.doc.resolve(at).index(0));
    if (place?.marker.type !== "task-list-item") return null;
    return become(state.tr, place, { ...place.marker, checked: place.marker.checked !== true });
  };
}

/** Into the item before: with what lies in it. */
export const indent: Deed = (state) => {
  const places = touched(state);
  const [first] = places;
  if (first === undefined || !places.every(({ marker }) => isContainer(marker.type) || marker.parents.length > 0)) return null;
  const before = placeAt(state.doc, first.index - 1);
  const depth = first.marker.parents.length;
  const open = before === null ? [] : opened(before.marker);
  const into = open[depth];
  if (into === undefined || depth + 1 >= NESTING_MOST) return null;
  const transaction = state.tr;
  for (const place of [...places, ...within(state.doc, places.at(-1) as Place, depth)]) {
    const { parents } = place.marker;
    become(transaction, place, { ...place.marker, parents: [...parents.slice(0, depth), into, ...parents.slice(depth)] });
  }
  return transaction.scrollIntoView();
};

/** Out of the item it lies in: with what lies in it. */
export const outdent: Deed = (state) => {
  const places = touched(state);
  const [first] = places;
  if (first === undefined) return null;
  const depth = Math.min(...places.map(({ marker }) => marker.parents.length));
  if (depth === 0) return null;
  const transaction = state.tr;
  for (const place of [...places, ...within(state.doc, places.at(-1) as Place, depth)]) {
    const { parents } = place.marker;
    become(transaction, place, { ...place.marker, parents: parents.filter((_, at) => at !== depth - 1) });
  }
  return transaction.scrollIntoView();
};

/** What is open behind a block: what it lies in, and itself. */
function opened(marker: Marker): readonly Container[] {
  return isContainer(marker.type) ? [...marker.parents, marker.type] : marker.parents;
}

/** The blocks behind one that lie deeper than `depth`. */
function within(doc: Node, place: Place, depth: number): Place[] {
  const out: Place[] = [];
  for (let next = placeAt(doc, place.index + 1); next !== null; next = placeAt(doc, next.index + 1)) {
    if (next.marker.parents.length <= depth) break;
    out.push(next);
  }
  return out;
}
