/** Shows in an editor who wrote what, for as long as it is wanted, and follows what is written meanwhile. */

import type { EditorView } from "prosemirror-view";
import { Authorship, lineOf, type Written } from "../authorship";
import { ChangeTimes } from "../change-times";
import { placeOf } from "../nodes";
import type { PageReplica } from "../page-replica";
import { blocksAt, pointing, staleIn, tinting, untinting, type Range, type Tint } from "./author-tints";

/** How somebody's text is drawn. */
export interface Hand {
  readonly person: string;
  readonly colour: number;
}

/** Who wrote something, and when, in seconds where that is known. */
export interface Origin {
  readonly line: string;
  readonly when: number | null;
}

/** Reading goes on for so many milliseconds, and then whatever else waits has its turn. */
const TURN = 8;
/** While somebody composes a character nothing is drawn; it is looked again after so many milliseconds. */
const COMPOSING = 100;

export class WhoWrote {
  private readonly authorship: Authorship;
  private readonly times: ChangeTimes;
  private readonly unwatch: () => void;
  private turn: ReturnType<typeof setTimeout> | undefined;
  private isSoon = false;
  private isOver = false;

  constructor(
    private readonly view: EditorView,
    private readonly replica: PageReplica,
    /** How the text of a line of editing is drawn; not at all, where nothing is given. */
    private readonly hand: (line: string) => Hand | null,
    /** More is known: of whom there is something on the page, and when it was written. */
    private readonly more: () => void,
  ) {
    this.authorship = new Authorship(replica);
    this.times = new ChangeTimes(replica);
    this.unwatch = replica.watch((moves) => {
      this.authorship.move(moves);
      this.soon();
    });
    this.later(0);
  }

  /** Every line of editing of which something stands on the page. */
  get lines(): ReadonlySet<string> {
    return this.authorship.lines;
  }

  /** Draws everything anew: hands have changed. */
  again(): void {
    if (!this.isOver) this.draw({ from: 0, to: this.view.state.doc.content.size });
  }

  /** Who wrote what stands before a position, or behind it where a block begins. */
  at(position: number): Origin | null {
    const { doc } = this.view.state;
    const { parentOffset, parent } = doc.resolve(position);
    if (!parent.inlineContent || parent.content.size === 0) return null;
    const place = this.replica.inDocument(placeOf(doc, position)) - (parentOffset === 0 ? 0 : 1);
    const [operation] = place < this.replica.length ? this.replica.operations(place, place + 1) : [];
    return operation === undefined ? null : { line: lineOf(operation), when: this.times.of(operation) };
  }

  /** The next or the last piece in one hand before or behind a position. */
  piece(position: number, step: 1 | -1): Range | null {
    const pieces = this.tints({ from: 0, to: this.view.state.doc.content.size });
    return (step === 1 ? pieces.find(({ from }) => from > position) : pieces.findLast(({ to }) => to < position)) ?? null;
  }

  /** Points out a piece and brings it into sight. */
  point(range: Range | null): void {
    this.view.updateState(this.view.state.apply(pointing(this.view.state, range)));
    if (range === null) return;
    const { node } = this.view.domAtPos(range.from + 1);
    (node instanceof Element ? node : node.parentElement)?.scrollIntoView({ block: "center" });
  }

  end(): void {
    this.isOver = true;
    clearTimeout(this.turn);
    this.unwatch();
    if (!this.view.isDestroyed) this.view.updateState(this.view.state.apply(untinting(this.view.state)));
  }

  /** What was just written is drawn before the screen is, when the editor has taken it in. */
  private soon(): void {
    if (this.isSoon) return;
    this.isSoon = true;
    queueMicrotask(() => {
      this.isSoon = false;
      this.take();
    });
  }

  private later(pause: number): void {
    clearTimeout(this.turn);
    this.turn = setTimeout(() => { this.take(); }, pause);
  }

  private take(): void {
    if (this.isOver || this.view.isDestroyed) return;
    if (this.view.composing) {
      this.later(COMPOSING);
      return;
    }
    const until = performance.now() + TURN;
    const isOver = () => performance.now() > until;
    const looked = this.authorship.look(isOver);
    const { isKnown } = this.authorship;
    if (looked !== null) this.draw(this.shown(looked));
    else for (const range of staleIn(this.view.state)) this.draw(range);
    const isRead = isKnown && this.times.read(isOver);
    if (looked !== null || isRead) this.more();
    if (!isKnown || !isRead) this.later(0);
  }

  /** A range of the document as one of the editor, with what was written meanwhile. */
  private shown({ from, to }: { from: number; to: number }): Range {
    const [first, last] = [this.replica.asShown(from), this.replica.asShown(to)];
    const found = blocksAt(this.view.state.doc, { from: 0, to: Infinity }).filter(({ node, place }) => place < last && place + node.nodeSize - 1 >= first);
    const ranges: Range[] = [...found.map(({ node, at }) => ({ from: at, to: at + node.nodeSize })), ...staleIn(this.view.state)];
    return { from: Math.min(...ranges.map((range) => range.from)), to: Math.max(...ranges.map((range) => range.to)) };
  }

  private draw(range: Range): void {
    const { state } = this.view;
    const blocks = blocksAt(state.doc, range);
    const [first, last] = [blocks[0], blocks.at(-1)];
    if (first === undefined || last === undefined) return;
    const whole = { from: first.at, to: last.at + last.node.nodeSize };
    this.view.updateState(state.apply(tinting(state, whole, this.tints(whole))));
  }

  /** The pieces of each hand in the blocks of a range. */
  private tints(range: Range): Tint[] {
    const out: (Tint & Hand)[] = [];
    for (const { node, at, place } of blocksAt(this.view.state.doc, range)) {
      const start = this.replica.inDocument(place + 1);
      for (const written of this.authorship.written(start, start + node.content.size)) this.add(out, written, at + 1 - start);
    }
    return out;
  }

  private add(out: (Tint & Hand)[], { from, to, line }: Written, shift: number): void {
    const hand = this.hand(line);
    if (hand === null) return;
    const last = out.at(-1);
    if (last !== undefined && last.to === from + shift && last.person === hand.person) out[out.length - 1] = { ...last, to: to + shift };
    else out.push({ from: from + shift, to: to + shift, ...hand });
  }
}
