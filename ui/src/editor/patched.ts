/**
 * What a body reads after others' text came into it and went out of it, without reading all of it again: that takes the
 * length of the page for each letter that somebody types.
 */

import type { MarkSet, Patch } from "@automerge/automerge/slim";
import { isLiteral, length, normal, type Block, type Mark } from "./blocks";
import { markSaying, type Body } from "./spans";

/** The body after these patches; nothing where more than text came or went, so that it has to be read. */
export function patched(body: Body, patches: readonly Patch[]): Body | null {
  // What the document says beyond what is shown may come to light with any letter.
  if (body.headless || body.hides) return null;
  const blocks = [...body.blocks];
  for (const patch of patches) {
    if (patch.path[0] === "body" && !takeIn(blocks, patch)) return null;
  }
  return { ...body, blocks: normal(blocks) };
}

function takeIn(blocks: Block[], patch: Patch): boolean {
  const place = patch.path[1];
  if (patch.path.length !== 2 || typeof place !== "number") return false;
  const [index, at] = within(blocks, place);
  const block = blocks[index];
  if (block === undefined || at < 0) return false;
  const after = patch.action === "splice" ? withText(block, at, patch.value, patch.marks ?? {}) : patch.action === "del" ? without(block, at, patch.length ?? 1) : null;
  if (after === null) return false;
  blocks[index] = after;
  return true;
}

/** Which block a place is in, and where in its text; text put in where a marker stands goes to the block before. */
function within(blocks: readonly Block[], place: number): readonly [number, number] {
  let start = 0;
  for (const [index, block] of blocks.entries()) {
    if (place <= start + block.text.length + 1) return [index, place - start - 1];
    start += length(block);
  }
  return [-1, -1];
}

function withText(block: Block, at: number, text: string, marks: MarkSet): Block | null {
  const added = Object.entries(marks).flatMap(([name, value]) => markSaying(name, value, at, at + text.length) ?? []);
  if (added.length > 0 && isLiteral(block.type)) return null;
  const parted = block.marks.flatMap((mark): Mark[] => {
    if (mark.to <= at) return [mark];
    const moved = { ...mark, to: mark.to + text.length };
    if (mark.from >= at) return [{ ...moved, from: mark.from + text.length }];
    return [{ ...mark, to: at }, { ...moved, from: at + text.length }];
  });
  return { ...block, text: block.text.slice(0, at) + text + block.text.slice(at), marks: [...parted, ...added] };
}

function without(block: Block, at: number, count: number): Block | null {
  // The next block's marker would go with it.
  if (at + count > block.text.length) return null;
  const moved = (place: number) => Math.min(place, Math.max(at, place - count));
  const marks = block.marks.map((mark) => ({ ...mark, from: moved(mark.from), to: moved(mark.to) }));
  return { ...block, text: block.text.slice(0, at) + block.text.slice(at + count), marks };
}
