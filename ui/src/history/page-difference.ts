/** What differs between two versions of a page: block by block, word by word. */

import { markerOf, sameMarker, type Block, type Mark, type Marker } from "../editor/blocks";
import { difference, sizeOf, type Amendment, type Edit, type Piece, type Splice } from "../editor/difference";
import { piecesAt } from "../editor/pieces";
import { matched, type Match } from "./matching";
import { inWholeWords } from "./whole-words";

export type Change = "same" | "added" | "removed";

/** Text that stayed, came or went. */
export interface Run {
  readonly text: string;
  readonly marks: readonly Mark[];
  readonly change: Change;
}

/** A block of either version, or of both. */
export interface ComparedBlock {
  /** As it is in the newer version, where it is in both. */
  readonly marker: Marker;
  readonly runs: readonly Run[];
  readonly change: Change;
  /** What kind of block it was, where that differs. */
  readonly was: Marker | null;
  /** The line was split from the one before, or the one behind it was joined to it. */
  readonly line: "split" | "joined" | null;
  /** Words that stayed are bold, a link ... where they were not, or the reverse. */
  readonly looks: boolean;
}

/** A page's text of two versions in one. */
export function compared(old: readonly Block[], now: readonly Block[]): ComparedBlock[] {
  return matched(old, now).flatMap(comparedIn);
}

/** Whether a block is not the same in both versions. */
export function differs({ change, runs, was, line, looks }: ComparedBlock): boolean {
  return change !== "same" || was !== null || line !== null || looks || runs.some((run) => run.change !== "same");
}

/** How many words came, or went. */
export function countWords(blocks: readonly ComparedBlock[], change: "added" | "removed"): number {
  const texts = blocks.map(({ runs }) => runs.filter((run) => run.change === change).map(({ text }) => text).join(""));
  return texts.reduce((sum, text) => sum + text.split(/\s+/).filter((word) => word !== "").length, 0);
}

function comparedIn({ old, now }: Match): ComparedBlock[] {
  const whole = (change: Change) => (block: Block): ComparedBlock => ({ marker: markerOf(block), runs: runOf(block.text, block.marks, change), change, was: null, line: null, looks: false });
  if (old.length === 0) return now.map(whole("added"));
  if (now.length === 0) return old.map(whole("removed"));
  const assembly = new Assembly(now, difference(old, now));
  return assembly.blocks().map((block) => ({ ...block, runs: inWholeWords(block.runs) }));
}

function runOf(text: string, marks: readonly Mark[], change: Change): Run[] {
  return text === "" ? [] : [{ text, marks, change }];
}

type Growing = { -readonly [Key in keyof ComparedBlock]: ComparedBlock[Key] } & { runs: Run[] };

/** Puts both versions into one row of blocks, as an edit says that one became the other. */
class Assembly {
  private readonly out: Growing[] = [];
  private readonly amended: ReadonlyMap<number, Amendment>;

  constructor(
    private readonly now: readonly Block[],
    private readonly edit: Edit,
  ) {
    this.amended = new Map(edit.amendments.map((amendment) => [amendment.at, amendment]));
  }

  blocks(): ComparedBlock[] {
    const all = this.now.reduce((sum, { text }) => sum + 1 + text.length, 0);
    let [old, new_] = [0, 0];
    for (const splice of this.edit.splices) {
      this.stayed(old, new_, splice.at - old);
      new_ += splice.at - old;
      old = splice.at + sizeOf(splice.removed);
      new_ += sizeOf(splice.inserted);
      const [next] = piecesAt(this.now, { at: new_, count: 1 });
      this.replaced(splice, next !== undefined && "text" in next);
    }
    this.stayed(old, new_, all - new_);
    return this.out;
  }

  private stayed(old: number, new_: number, count: number): void {
    let at = old;
    for (const piece of piecesAt(this.now, { at: new_, count })) {
      const end = at + sizeOf([piece]);
      if ("marker" in piece) {
        const before = this.amended.get(at)?.before ?? null;
        this.begin(piece.marker, "same", before !== null && !sameMarker(before, piece.marker) ? before : null);
      } else {
        this.text(piece, "same");
        if (this.edit.formats.some((format) => format.from < end && format.to > at)) this.last.looks = true;
      }
      at = end;
    }
  }

  /** What went, then what came; what is only words goes on in the block where it stands. */
  private replaced({ removed, inserted }: Splice, textFollows: boolean): void {
    const [went, came] = [lines(removed), lines(inserted)];
    for (const piece of went.words) this.text(piece, "removed");
    for (const piece of came.words) this.text(piece, "added");
    for (const [at, [marker, ...pieces]] of went.blocks.entries()) {
      const joins = at === went.blocks.length - 1 && came.blocks.length === 0 && textFollows;
      if (joins && this.out.length > 0) this.last.line = "joined";
      else if (marker !== undefined && "marker" in marker) this.begin(marker.marker, "removed", null);
      for (const piece of pieces) this.text(piece, "removed");
    }
    for (const [at, [marker, ...pieces]] of came.blocks.entries()) {
      const splits = at === came.blocks.length - 1 && textFollows;
      if (marker !== undefined && "marker" in marker) this.begin(marker.marker, splits ? "same" : "added", null);
      if (splits) this.last.line = "split";
      for (const piece of pieces) this.text(piece, "added");
    }
  }

  private begin(marker: Marker, change: Change, was: Marker | null): void {
    this.out.push({ marker, runs: [], change, was, line: null, looks: false });
  }

  private text(piece: Piece, change: Change): void {
    if ("text" in piece) this.last.runs.push(...runOf(piece.text, piece.marks, change));
  }

  private get last(): Growing {
    const last = this.out.at(-1);
    if (last === undefined) throw new Error("text before the first block");
    return last;
  }
}

/** Pieces up to the first marker, and those of each block that begins among them. */
function lines(pieces: readonly Piece[]): { words: Piece[]; blocks: Piece[][] } {
  const out = { words: [] as Piece[], blocks: [] as Piece[][] };
  for (const piece of pieces) {
    if ("marker" in piece) out.blocks.push([piece]);
    else (out.blocks.at(-1) ?? out.words).push(piece);
  }
  return out;
}
