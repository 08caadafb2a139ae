/**
 * Between the editor and the page: what is done in the editor goes into the page as the least edit, and what the page
 * reads, whoever wrote it, is what the editor shows.
 */

import { Fragment, Slice, type Node } from "prosemirror-model";
import { TextSelection, type EditorState, type Transaction } from "prosemirror-state";
import { Mapping, ReplaceStep } from "prosemirror-transform";
import { normal, sameBlocks, type Block } from "./blocks";
import { difference, isNothing, type Cuts } from "./difference";
import { LocalHistory } from "./history";
import { isTooLong } from "./long";
import { blocksIn, docOf, placeOf, positionOf } from "./nodes";
import type { Move } from "./moves";
import type { PageReplica } from "./page-replica";

/** Whatever shows an editor's state: a view, or a test. */
export interface Screen {
  readonly state: EditorState;
  updateState(state: EditorState): void;
}

/** On transactions that bring the editor to what the page reads. */
export const FROM_PAGE = "from page";

export class Binding {
  readonly history: LocalHistory;

  constructor(
    private readonly screen: Screen,
    private readonly replica: PageReplica,
    /** What the clock says, in milliseconds: what is typed without a pause is undone in one go. */
    private readonly now: () => number,
  ) {
    this.history = new LocalHistory(replica);
  }

  /** Does what the editor asks for. */
  dispatch(transaction: Transaction): void {
    const before = this.screen.state.doc;
    const { state, transactions } = this.screen.state.applyTransaction(transaction);
    this.screen.updateState(state);
    const written = transactions.some((one) => one.docChanged && one.getMeta(FROM_PAGE) === undefined);
    if (written) this.write(state.doc, cutsOf(transactions, before, state.doc));
    else if (transaction.selectionSet) this.history.pause();
  }

  /** Takes in what others wrote, and shows it, and `also` with it; unless the page is too long to be shown now. */
  receive(changes: readonly Uint8Array[], also: (transaction: Transaction) => void = () => undefined): boolean {
    const { anchor, head } = this.screen.state.selection;
    const { doc } = this.screen.state;
    const places = [anchor, head].map((position) => this.replica.inDocument(placeOf(doc, position)));
    const moves = this.replica.receive(changes);
    if (isTooLong(this.replica.blocks)) return false;
    const [to, from] = places.map((place) => this.replica.asShown(moved(place, moves)));
    this.show([to ?? 0, from ?? 0], also);
    return true;
  }

  /** Where the selection is, as cursors of the page. None while there is no body. */
  caret(): { readonly anchor: string; readonly head: string } | null {
    const { doc, selection } = this.screen.state;
    const [anchor, head] = [selection.anchor, selection.head].map((at) => this.replica.cursorAt(placeOf(doc, at)));
    return anchor == null || head == null ? null : { anchor, head };
  }

  /** Where in the editor a cursor of the page leads. */
  positionOf(cursor: string): number | null {
    const place = this.replica.placeAt(cursor);
    return place === null ? null : positionOf(this.replica.blocks, place);
  }

  undo(): boolean {
    return this.goTo(this.history.undo());
  }

  redo(): boolean {
    return this.goTo(this.history.redo());
  }

  /** Compares what is shown with what the page reads, for when the typing rests. Whether they were the same. */
  settle(): boolean {
    const asExpected = this.replica.verify();
    return !this.show(null) && asExpected;
  }

  private write(doc: Node, cuts: Cuts): void {
    const after = normal(blocksIn(doc));
    // Mostly once. A block that comes to lie in what was made before it, because its marker has said so all along, is
    // set to lie where the person saw it.
    for (let turn = 0; turn < 2; turn += 1) {
      const edit = difference(this.replica.blocks, after, turn === 0 ? cuts : undefined);
      if (isNothing(edit)) break;
      this.history.record(this.replica.edit(edit, after), this.now(), turn > 0);
    }
    this.show(null);
  }

  private goTo(place: number | null): boolean {
    if (place === null) return false;
    this.show([place, place]);
    return true;
  }

  /** Brings the editor to what the page reads by the least difference. Whether there was any. */
  private show(selection: readonly [number, number] | null, also: (transaction: Transaction) => void = () => undefined): boolean {
    const { state } = this.screen;
    const { blocks } = this.replica;
    const shown = blocksIn(state.doc);
    const differs = !sameBlocks(shown, blocks);
    const transaction = state.tr;
    if (differs) reconcile(transaction, blocks);
    if (selection !== null) {
      const [anchor, head] = selection.map((place) => transaction.doc.resolve(positionOf(blocks, place)));
      if (anchor !== undefined && head !== undefined) transaction.setSelection(TextSelection.between(anchor, head));
    }
    if (!differs && !transaction.selectionSet) return false;
    also(transaction);
    this.screen.updateState(state.apply(transaction.setMeta(FROM_PAGE, true).setMeta("addToHistory", false)));
    return differs;
  }
}

/** Where the steps of some transactions begin and end, before all of them and after. */
function cutsOf(transactions: readonly Transaction[], before: Node, after: Node): Cuts {
  const mapping = new Mapping();
  for (const { mapping: own } of transactions) mapping.appendMapping(own);
  const cuts = { before: new Set<number>(), after: new Set<number>() };
  for (const [index, map] of mapping.maps.entries()) {
    const [back, on] = [mapping.slice(0, index).invert(), mapping.slice(index + 1)];
    map.forEach((oldFrom, oldTo, newFrom, newTo) => {
      for (const at of [oldFrom, oldTo]) cuts.before.add(placeOf(before, back.map(at)));
      for (const at of [newFrom, newTo]) cuts.after.add(placeOf(after, on.map(at)));
    });
  }
  return cuts;
}

/** Where a place is after what others did. A caret stays behind what is inserted where it stands. */
function moved(place: number, moves: readonly Move[]): number {
  return moves.reduce((at, { at: from, removed, inserted }) => {
    if (at < from || (at === from && removed === 0)) return at;
    return Math.max(from, at - removed) + inserted;
  }, place);
}

/** Turns the document of a transaction into these blocks. */
export function reconcile(transaction: Transaction, blocks: readonly Block[]): void {
  const target = docOf(blocks);
  const start = transaction.doc.content.findDiffStart(target.content);
  const end = transaction.doc.content.findDiffEnd(target.content);
  if (start === null || end === null) return;
  const overlap = Math.max(0, start - Math.min(end.a, end.b));
  const within = transaction.doc.resolve(start);
  const [endA, endB] = [end.a + overlap, end.b + overlap];
  // Within one block the text alone is replaced, so that whatever else holds on to the block keeps it.
  if (within.depth === 1 && endA <= within.end() && endB <= target.resolve(start).end()) {
    transaction.step(new ReplaceStep(start, endA, target.slice(start, endB)));
    if (transaction.doc.eq(target)) return;
  }
  replaceBlocks(transaction, target);
}

/** Replaces the blocks that differ, whole. */
function replaceBlocks(transaction: Transaction, target: Node): void {
  const { doc } = transaction;
  const most = Math.min(doc.childCount, target.childCount);
  let head = 0;
  while (head < most && doc.child(head).eq(target.child(head))) head += 1;
  let tail = 0;
  while (tail < most - head && doc.child(doc.childCount - 1 - tail).eq(target.child(target.childCount - 1 - tail))) tail += 1;
  const sizeOf = (count: number) => doc.children.slice(0, count).reduce((sum, node) => sum + node.nodeSize, 0);
  const nodes = target.children.slice(head, target.childCount - tail);
  transaction.step(new ReplaceStep(sizeOf(head), sizeOf(doc.childCount - tail), new Slice(Fragment.from(nodes), 0, 0)));
}
