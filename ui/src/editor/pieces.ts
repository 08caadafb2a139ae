/** Stretches of a body as pieces: markers, and text with marks on it. */

import { markerOf, type Block } from "./blocks";
import { cut, sizeOf, type Piece } from "./difference";

/** A stretch of some pieces. */
export function slice(pieces: readonly Piece[], from: number, to: number): Piece[] {
  const out: Piece[] = [];
  let at = 0;
  for (const piece of pieces) {
    const size = sizeOf([piece]);
    const [a, b] = [Math.max(from, at) - at, Math.min(to, at + size) - at];
    if (a < b) {
      out.push("marker" in piece ? piece : { text: piece.text.slice(a, b), marks: cut(piece.marks, a, b) });
    }
    at += size;
  }
  return out;
}

/** What stands at a stretch of a body. */
export function piecesAt(blocks: readonly Block[], { at, count }: { at: number; count: number }): Piece[] {
  const out: Piece[] = [];
  let start = 0;
  for (const block of blocks) {
    const end = start + 1 + block.text.length;
    if (start >= at + count) break;
    if (end > at) {
      const own: Piece[] = [{ marker: markerOf(block) }, { text: block.text, marks: block.marks }];
      out.push(...slice(own, Math.max(0, at - start), Math.min(end, at + count) - start));
    }
    start = end;
  }
  return out;
}
