/**
 * Pages that are longer than an editor can be fast with, by whomever and for whatever reason they were made so. They are
 * read in parts, each of which is drawn at once.
 */

import type { Block, Mark } from "./blocks";

interface Measure {
  readonly blocks: number;
  readonly characters: number;
  readonly marks: number;
}

/** What a page that is written in has at most. Past it a key would keep the whole window waiting. */
export const MOST: Measure = { blocks: 5_000, characters: 500_000, marks: 10_000 };

/** What one part has at most. */
const PART: Measure = { blocks: 500, characters: 50_000, marks: 2_000 };

/** Whether a page is too long to be written in. */
export function isTooLong(blocks: readonly Block[]): boolean {
  if (blocks.length > MOST.blocks) return true;
  let [characters, marks] = [0, 0];
  for (const block of blocks) [characters, marks] = [characters + block.text.length, marks + block.marks.length];
  return characters > MOST.characters || marks > MOST.marks;
}

/** The blocks in parts, in order, at least one. A block that is a part or more by itself is cut. */
export function partsOf(blocks: readonly Block[]): readonly (readonly Block[])[] {
  const parts: Block[][] = [[]];
  let size = { blocks: 0, characters: 0, marks: 0 };
  for (const piece of blocks.flatMap(piecesOf)) {
    const next = { blocks: size.blocks + 1, characters: size.characters + piece.text.length, marks: size.marks + piece.marks.length };
    const fits = next.blocks <= PART.blocks && next.characters <= PART.characters && next.marks <= PART.marks;
    if (fits || size.blocks === 0) {
      parts.at(-1)?.push(piece);
      size = next;
    } else {
      parts.push([piece]);
      size = { blocks: 1, characters: piece.text.length, marks: piece.marks.length };
    }
  }
  return parts;
}

function piecesOf(block: Block): Block[] {
  const pieces: Block[] = [];
  // Marks are in order of where they begin; those that reach on from one piece into the next are few: one of a name.
  let open: Mark[] = [];
  let next = 0;
  for (let from = 0; from < block.text.length; ) {
    const to = end(block.text, from);
    while (next < block.marks.length && (block.marks[next] as Mark).from < to) {
      open.push(block.marks[next] as Mark);
      next += 1;
    }
    const marks = open.map((mark) => ({ ...mark, from: Math.max(mark.from, from) - from, to: Math.min(mark.to, to) - from }));
    // Looks beyond what is drawn at once are left out; the text is whole.
    pieces.push({ ...block, text: block.text.slice(from, to), marks: marks.slice(0, PART.marks) });
    open = open.filter((mark) => mark.to > to);
    from = to;
  }
  return pieces.length === 0 ? [block] : pieces;
}

/** Where a piece ends that begins here: not within a character of two units. */
function end(text: string, from: number): number {
  const to = from + PART.characters;
  if (to >= text.length) return text.length;
  const last = text.charCodeAt(to - 1);
  return last >= 0xd800 && last < 0xdc00 ? to - 1 : to;
}
