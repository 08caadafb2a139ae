/**
 * What somebody did, found by comparing what the editor showed before and after: the least that turns the one into the
 * other. Others may be writing in the same paragraph meanwhile, so what stayed must not be touched, and a paragraph that
 * was split or joined must keep its characters.
 */

import { sameFile } from "./attached";
import {
  MARK_NAMES,
  length,
  lengthOf,
  markerOf,
  sameBlock,
  sameMarker,
  type Block,
  type Mark,
  type MarkName,
  type MarkValue,
  type Marker,
} from "./blocks";

/** A piece of a body: a marker, or text with marks on it. */
export type Piece = { readonly marker: Marker } | Text;

export interface Text {
  readonly text: string;
  readonly marks: readonly Mark[];
}

/** Something taken out and put in at one place. */
export interface Splice {
  /** Where, in markers and characters of the body before any of the edit was done. */
  readonly at: number;
  readonly removed: readonly Piece[];
  readonly inserted: readonly Piece[];
}

/** A marker that stays and says something else. */
export interface Amendment {
  readonly at: number;
  readonly before: Marker;
  readonly after: Marker;
}

/** Text that stays and is marked differently; `null` is no mark. */
export interface Formatting {
  readonly from: number;
  readonly to: number;
  readonly name: MarkName;
  readonly before: MarkValue | null;
  readonly after: MarkValue | null;
}

/** One edit. All places are those before it; its parts do not overlap, and splices are in order. */
export interface Edit {
  readonly splices: readonly Splice[];
  readonly amendments: readonly Amendment[];
  readonly formats: readonly Formatting[];
}

export const NOTHING: Edit = { splices: [], amendments: [], formats: [] };

export function isNothing(edit: Edit): boolean {
  return edit.splices.length + edit.amendments.length + edit.formats.length === 0;
}

export function sizeOf(pieces: readonly Piece[]): number {
  return pieces.reduce((sum, piece) => sum + ("marker" in piece ? 1 : piece.text.length), 0);
}

/** Where, before and after, what somebody did is known to begin and end: words are parted there. */
export interface Cuts {
  readonly before: ReadonlySet<number>;
  readonly after: ReadonlySet<number>;
}

const NO_CUTS: Cuts = { before: new Set(), after: new Set() };

/** The edit that turns `before` into `after`. */
export function difference(before: readonly Block[], after: readonly Block[], cuts = NO_CUTS): Edit {
  const most = Math.min(before.length, after.length);
  let head = 0;
  while (head < most && sameBlock(before[head] as Block, after[head] as Block)) head += 1;
  let tail = 0;
  while (tail < most - head && sameBlock(before.at(-1 - tail) as Block, after.at(-1 - tail) as Block)) tail += 1;
  const old = before.slice(head, before.length - tail);
  const new_ = after.slice(head, after.length - tail);
  if (old.length === 0 && new_.length === 0) return NOTHING;
  const base = lengthOf(before.slice(0, head));
  return new Comparison(base, new Row(old, base, cuts.before), new Row(new_, base, cuts.after)).edit();
}

/** Blocks laid out in a row, so that each place is a marker or a character. */
class Row {
  readonly text: string;
  /** The block that each marker begins, by the marker's place. */
  readonly markers = new Map<number, Block>();
  private readonly starts: number[] = [];

  constructor(
    readonly blocks: readonly Block[],
    private readonly base: number,
    private readonly cuts: ReadonlySet<number>,
  ) {
    let at = 0;
    for (const block of blocks) {
      this.markers.set(at, block);
      this.starts.push(at);
      at += length(block);
    }
    // What stands for a marker here may be in the text too: wherever it matters, `markers` is asked.
    this.text = blocks.map((block) => `\u0000${block.text}`).join("");
  }

  /** Whether what was done begins or ends here. */
  isCut(at: number): boolean {
    return this.cuts.has(this.base + at);
  }

  /** The pieces from one place up to another. */
  pieces(from: number, to: number): Piece[] {
    const out: Piece[] = [];
    for (const [index, start] of this.starts.entries()) {
      const block = this.blocks[index] as Block;
      if (start >= to) break;
      if (start >= from) out.push({ marker: markerOf(block) });
      const [a, b] = [Math.max(from, start + 1) - start - 1, Math.min(to, start + length(block)) - start - 1];
      if (a < b) out.push({ text: block.text.slice(a, b), marks: cut(block.marks, a, b) });
    }
    return out;
  }

  /** For each character its mark of this name; markers have none. */
  line(name: MarkName): (MarkValue | null)[] {
    const line: (MarkValue | null)[] = new Array<MarkValue | null>(this.text.length).fill(null);
    for (const [index, start] of this.starts.entries()) {
      for (const mark of (this.blocks[index] as Block).marks) {
        if (mark.type === name) line.fill(mark.value, start + 1 + mark.from, start + 1 + mark.to);
      }
    }
    return line;
  }
}

/** The marks of a stretch of text, counted from its beginning. */
export function cut(marks: readonly Mark[], from: number, to: number): Mark[] {
  return marks
    .map((mark) => ({ ...mark, from: Math.max(mark.from, from) - from, to: Math.min(mark.to, to) - from }))
    .filter((mark) => mark.from < mark.to);
}

/** A stretch that stays: so many places from `old` in the one row and `new` in the other. */
interface Kept {
  readonly old: number;
  readonly new: number;
  readonly length: number;
}

class Comparison {
  constructor(
    /** Where the rows begin in the body. */
    private readonly base: number,
    private readonly old: Row,
    private readonly new_: Row,
  ) {}

  edit(): Edit {
    const kept = this.kept();
    return { splices: this.splices(kept), amendments: this.amendments(kept), formats: this.formats(kept) };
  }

  /** Whether what stands at two places is the same: the same marker, or the same character. */
  private same(old: number, new_: number): boolean {
    const [a, b] = [this.old.markers.get(old), this.new_.markers.get(new_)];
    if (a === undefined || b === undefined) return a === b && this.old.text[old] === this.new_.text[new_];
    return sameMarker(a, b);
  }

  private kept(): Kept[] {
    const [oldEnd, newEnd] = [this.old.text.length, this.new_.text.length];
    const most = Math.min(oldEnd, newEnd);
    let head = 0;
    while (head < most && this.same(head, head)) head += 1;
    if (splitsCharacter(this.old.text, head) || splitsCharacter(this.new_.text, head)) head -= 1;
    let tail = 0;
    while (tail < most - head && this.same(oldEnd - 1 - tail, newEnd - 1 - tail)) tail += 1;
    if (splitsCharacter(this.old.text, oldEnd - tail) || splitsCharacter(this.new_.text, newEnd - tail)) tail -= 1;
    const middle = align(
      tokens(this.old, head, oldEnd - tail),
      tokens(this.new_, head, newEnd - tail),
    );
    const all = [{ old: 0, new: 0, length: head }, ...middle, { old: oldEnd - tail, new: newEnd - tail, length: tail }];
    return this.grown(all.filter((stretch) => stretch.length > 0));
  }

  /** What stays, with what is the same on either side of it: a word of which only a part went keeps the rest. */
  private grown(kept: readonly Kept[]): Kept[] {
    const out: Kept[] = [];
    const end: Kept = { old: this.old.text.length, new: this.new_.text.length, length: 0 };
    for (const [index, stretch] of kept.entries()) {
      const before = out.at(-1) ?? { old: 0, new: 0, length: 0 };
      const next = kept[index + 1] ?? end;
      let { old, new: new_, length } = stretch;
      while (old > before.old + before.length && new_ > before.new + before.length && this.sameLetter(old - 1, new_ - 1)) {
        [old, new_, length] = [old - 1, new_ - 1, length + 1];
      }
      while (old + length < next.old && new_ + length < next.new && this.sameLetter(old + length, new_ + length)) length += 1;
      if (splitsCharacter(this.old.text, old) || splitsCharacter(this.new_.text, new_)) {
        [old, new_, length] = [old + 1, new_ + 1, length - 1];
      }
      if (splitsCharacter(this.old.text, old + length) || splitsCharacter(this.new_.text, new_ + length)) length -= 1;
      if (length > 0) out.push({ old, new: new_, length });
    }
    return out;
  }

  private sameLetter(old: number, new_: number): boolean {
    return !this.old.markers.has(old) && !this.new_.markers.has(new_) && this.old.text[old] === this.new_.text[new_];
  }

  private splices(kept: readonly Kept[]): Splice[] {
    const out: Splice[] = [];
    let [old, new_] = [0, 0];
    const end = { old: this.old.text.length, new: this.new_.text.length, length: 0 };
    for (const stretch of [...kept, end]) {
      if (old < stretch.old || new_ < stretch.new) {
        const removed = this.old.pieces(old, stretch.old);
        const inserted = this.new_.pieces(new_, stretch.new);
        out.push({ at: this.base + old, removed, inserted });
      }
      [old, new_] = [stretch.old + stretch.length, stretch.new + stretch.length];
    }
    return out;
  }

  private amendments(kept: readonly Kept[]): Amendment[] {
    const out: Amendment[] = [];
    for (const stretch of kept) {
      for (let at = 0; at < stretch.length; at += 1) {
        const before = this.old.markers.get(stretch.old + at);
        const after = this.new_.markers.get(stretch.new + at);
        if (before === undefined || after === undefined || sameMarker(before, after)) continue;
        out.push({ at: this.base + stretch.old + at, before: markerOf(before), after: markerOf(after) });
      }
    }
    return out;
  }

  private formats(kept: readonly Kept[]): Formatting[] {
    const out: Formatting[] = [];
    for (const name of MARK_NAMES) {
      const [is, wanted] = [this.old.line(name), this.new_.line(name)];
      for (const stretch of kept) {
        for (let at = 0; at < stretch.length; at += 1) {
          const [before, after] = [is[stretch.old + at] ?? null, wanted[stretch.new + at] ?? null];
          if (before === after) continue;
          const from = this.base + stretch.old + at;
          const last = out.at(-1);
          if (last?.name === name && last.to === from && last.before === before && last.after === after) {
            out[out.length - 1] = { ...last, to: from + 1 };
          } else {
            out.push({ from, to: from + 1, name, before, after });
          }
        }
      }
    }
    return out;
  }
}

/** Whether a place lies between the two halves of one character. */
function splitsCharacter(text: string, at: number): boolean {
  return isHalf(text.charCodeAt(at - 1), 0xd800) && isHalf(text.charCodeAt(at), 0xdc00);
}

function isHalf(unit: number, from: number): boolean {
  return unit >= from && unit < from + 0x400;
}

/** A marker or a word, or the space between words. */
interface Token {
  readonly at: number;
  readonly length: number;
  readonly marker: Block | null;
  readonly text: string;
}

/** Words, not letters: the shortest way from one text to another takes letters of one word for those of another. */
function tokens(row: Row, from: number, to: number): Token[] {
  const out: Token[] = [];
  let at = from;
  while (at < to) {
    const marker = row.markers.get(at) ?? null;
    let end = at + 1;
    if (marker === null) {
      const space = isSpace(row.text, at);
      while (end < to && !row.markers.has(end) && !row.isCut(end) && isSpace(row.text, end) === space) end += 1;
    }
    out.push({ at, length: end - at, marker, text: row.text.slice(at, end) });
    at = end;
  }
  return out;
}

function isSpace(text: string, at: number): boolean {
  return /\s/.test(text.charAt(at));
}

/** Beyond this many comparisons it is not searched for what stayed in the middle of an edit. */
const COMPARISONS_MOST = 2_000_000;

/** The stretches of two rows of tokens that stay, so that the least is taken out and put in. */
function align(old: readonly Token[], new_: readonly Token[]): Kept[] {
  if (old.length === 0 || new_.length === 0) return [];
  if (old.length * new_.length > COMPARISONS_MOST) return edges(old, new_);
  const width = new_.length + 1;
  // cost[i * width + j]: what it takes to get from the old tokens from i on to the new ones from j on.
  const cost = new Float64Array((old.length + 1) * width);
  for (let i = old.length; i >= 0; i -= 1) {
    for (let j = new_.length; j >= 0; j -= 1) {
      if (i === old.length && j === new_.length) continue;
      let least = Infinity;
      if (i < old.length) least = price(old[i] as Token) + (cost[(i + 1) * width + j] as number);
      if (j < new_.length) least = Math.min(least, price(new_[j] as Token) + (cost[i * width + j + 1] as number));
      if (i < old.length && j < new_.length) {
        least = Math.min(least, keeping(old[i] as Token, new_[j] as Token) + (cost[(i + 1) * width + j + 1] as number));
      }
      cost[i * width + j] = least;
    }
  }
  return walk(old, new_, cost, width);
}

/** What stays at the beginning and at the end, any marker standing for any other: a long selection made into a list. */
function edges(old: readonly Token[], new_: readonly Token[]): Kept[] {
  const stays = (a: Token | undefined, b: Token | undefined) => a !== undefined && b !== undefined && keeping(a, b) < 2;
  const most = Math.min(old.length, new_.length);
  let head = 0;
  while (head < most && stays(old[head], new_[head])) head += 1;
  let tail = 0;
  while (tail < most - head && stays(old.at(-1 - tail), new_.at(-1 - tail))) tail += 1;
  const kept = (a: Token, b: Token | undefined): Kept => ({ old: a.at, new: (b as Token).at, length: a.length });
  return [
    ...old.slice(0, head).map((token, at) => kept(token, new_[at])),
    ...old.slice(old.length - tail).map((token, at) => kept(token, new_[new_.length - tail + at])),
  ];
}

function walk(old: readonly Token[], new_: readonly Token[], cost: Float64Array, width: number): Kept[] {
  const out: Kept[] = [];
  let [i, j] = [0, 0];
  while (i < old.length && j < new_.length) {
    const [a, b] = [old[i] as Token, new_[j] as Token];
    const here = cost[i * width + j] as number;
    if (here === keeping(a, b) + (cost[(i + 1) * width + j + 1] as number)) {
      out.push({ old: a.at, new: b.at, length: a.length });
      [i, j] = [i + 1, j + 1];
    } else if (here === price(a) + (cost[(i + 1) * width + j] as number)) {
      i += 1;
    } else {
      j += 1;
    }
  }
  return out;
}

/** What it costs to take a token out or put it in. */
function price(token: Token): number {
  return token.marker === null ? token.length : 2;
}

/**
 * What it costs to keep a token as another one: nothing for what is the same, a little for a marker to be amended. A
 * marker never comes to stand for a file, or for another one: of two people who put a file on one empty line each has theirs.
 */
function keeping(old: Token, new_: Token): number {
  if (old.marker !== null && new_.marker !== null) {
    if (sameMarker(old.marker, new_.marker)) return 0;
    return sameFile(old.marker.attachment, new_.marker.attachment) ? 1 : Infinity;
  }
  return old.marker === null && new_.marker === null && old.text === new_.text ? 0 : Infinity;
}
