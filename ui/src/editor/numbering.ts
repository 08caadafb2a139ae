/** Which of how many an item of a list is, and which number it shows: said by no marker, found by what stands around it. */

import type { Block } from "./blocks";

export interface Standing {
  /** Which of its list, from 1. */
  readonly position: number;
  /** How many there are. */
  readonly of: number;
  /** The number that a numbered item shows. */
  readonly number: number;
}

/** For each block that is an item, where it stands in its list. */
export function standings(blocks: readonly Block[]): (Standing | null)[] {
  const out: (Standing | null)[] = blocks.map(() => null);
  // At each depth the list that is open there: its kind and the blocks in it.
  const open: { type: string; members: number[] }[] = [];
  const close = (depth: number) => {
    for (const { members } of open.splice(depth)) {
      for (const member of members) out[member] = { ...(out[member] as Standing), of: members.length };
    }
  };
  for (const [index, block] of blocks.entries()) {
    const depth = block.parents.length;
    close(depth + 1);
    if (!block.type.endsWith("-list-item")) {
      close(depth);
      continue;
    }
    if (open[depth]?.type !== block.type) close(depth);
    // Where a block lies in something that is no list, nothing is open at that depth.
    while (open.length < depth) open.push({ type: "", members: [] });
    const list = (open[depth] ??= { type: block.type, members: [] });
    const before = list.members.at(-1);
    const number = block.start ?? (before === undefined ? 1 : (out[before] as Standing).number + 1);
    list.members.push(index);
    out[index] = { position: list.members.length, of: 0, number };
  }
  close(0);
  return out;
}
