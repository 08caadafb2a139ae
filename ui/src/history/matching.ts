/** Which blocks of one version of a page are which of another: what is the same, and what became what. */

import { sameBlock, type Block } from "../editor/blocks";

/** Some blocks of the older version, and what stands in their place in the newer. */
export interface Match {
  readonly old: readonly Block[];
  readonly now: readonly Block[];
}

/** Comparing word by word costs the product of the two lengths; beyond this, in letters, blocks are paired first. */
const LETTERS_MOST = 12_000;
/** Pairing costs the product of how many blocks there are. */
const PAIRS_MOST = 250_000;
/** Blocks that share less of their words than this are not taken for one another. */
const ALIKE = 0.3;

/** The two versions cut where they are the same, and what differs into pieces that can be compared word by word. */
export function matched(old: readonly Block[], now: readonly Block[]): Match[] {
  const out: Match[] = [];
  let [i, j] = [0, 0];
  for (const [a, b] of [...anchors(old, now), [old.length, now.length] as const]) {
    if (i < a || j < b) out.push(...differing(old.slice(i, a), now.slice(j, b)));
    const [same, as] = [old[a], now[b]];
    if (same !== undefined && as !== undefined) out.push({ old: [same], now: [as] });
    [i, j] = [a + 1, b + 1];
  }
  return out;
}

/** Blocks that stayed as they are: those at both ends, and those that stand once in each version, in the same order. */
function anchors(old: readonly Block[], now: readonly Block[]): [number, number][] {
  const most = Math.min(old.length, now.length);
  let head = 0;
  while (head < most && sameBlock(old[head] as Block, now[head] as Block)) head += 1;
  let tail = 0;
  while (tail < most - head && sameBlock(old.at(-1 - tail) as Block, now.at(-1 - tail) as Block)) tail += 1;
  const once = [alone(old, head, old.length - tail), alone(now, head, now.length - tail)] as const;
  const pairs = [...once[0]].flatMap(([key, a]): [number, number][] => {
    const b = once[1].get(key);
    return b === undefined ? [] : [[a, b]];
  });
  const ends = (count: number, a: number, b: number) => Array.from({ length: count }, (_, at): [number, number] => [a + at, b + at]);
  return [...ends(head, 0, 0), ...ascending(pairs), ...ends(tail, old.length - tail, now.length - tail)];
}

/** Where each block stands that is there once, and is not empty. */
function alone(blocks: readonly Block[], from: number, to: number): Map<string, number> {
  const found = new Map<string, number>();
  const twice = new Set<string>();
  for (let at = from; at < to; at += 1) {
    const block = blocks[at] as Block;
    const key = JSON.stringify([block.type, block.parents, block.level, block.start, block.checked, block.language, block.text, block.marks]);
    if (found.has(key) || block.text === "") twice.add(key);
    found.set(key, at);
  }
  for (const key of twice) found.delete(key);
  return found;
}

/** The longest row of pairs that go up in both versions; they go up in the first already. */
function ascending(pairs: readonly [number, number][]): [number, number][] {
  // At each length the last pair of the row that ends lowest, and for each pair the one before it.
  const ends: number[] = [];
  const before: number[] = [];
  for (const [at, [, b]] of pairs.entries()) {
    let [low, high] = [0, ends.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((pairs[ends[middle] as number] as [number, number])[1] < b) low = middle + 1;
      else high = middle;
    }
    before[at] = low === 0 ? -1 : (ends[low - 1] as number);
    ends[low] = at;
  }
  const out: [number, number][] = [];
  for (let at = ends.at(-1) ?? -1; at >= 0; at = before[at] as number) out.unshift(pairs[at] as [number, number]);
  return out;
}

function differing(old: readonly Block[], now: readonly Block[]): Match[] {
  const letters = (blocks: readonly Block[]) => blocks.reduce((sum, { text }) => sum + text.length, 0);
  if (old.length === 0 || now.length === 0 || Math.max(letters(old), letters(now)) <= LETTERS_MOST) return [{ old, now }];
  if (old.length * now.length > PAIRS_MOST) return old.length === now.length ? old.map((one, at) => ({ old: [one], now: [now[at] as Block] })) : [{ old, now: [] }, { old: [], now }];
  return paired(old, now);
}

/** Blocks paired by how much they are alike, in order, so that the most is paired. */
function paired(old: readonly Block[], now: readonly Block[]): Match[] {
  const [mine, theirs] = [old.map(wordsOf), now.map(wordsOf)];
  const width = now.length + 1;
  const best = new Float64Array((old.length + 1) * width);
  const likeness = (i: number, j: number) => alike(mine[i] as Set<string>, theirs[j] as Set<string>);
  for (let i = old.length - 1; i >= 0; i -= 1) {
    for (let j = now.length - 1; j >= 0; j -= 1) {
      const apart = Math.max(best[(i + 1) * width + j] as number, best[i * width + j + 1] as number);
      best[i * width + j] = Math.max(apart, likeness(i, j) + (best[(i + 1) * width + j + 1] as number));
    }
  }
  const out: Match[] = [];
  let [i, j] = [0, 0];
  while (i < old.length || j < now.length) {
    const here = best[i * width + j];
    if (i < old.length && j < now.length && likeness(i, j) > 0 && here === likeness(i, j) + (best[(i + 1) * width + j + 1] as number)) {
      out.push({ old: [old[i] as Block], now: [now[j] as Block] });
      [i, j] = [i + 1, j + 1];
    } else if (i < old.length && (j === now.length || here === best[(i + 1) * width + j])) {
      out.push({ old: [old[i] as Block], now: [] });
      i += 1;
    } else {
      out.push({ old: [], now: [now[j] as Block] });
      j += 1;
    }
  }
  return out;
}

function wordsOf({ text }: Block): Set<string> {
  return new Set(text.toLowerCase().split(/\s+/).filter((word) => word !== ""));
}

function alike(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  const most = Math.max(a.size, b.size);
  if (most === 0) return ALIKE;
  let shared = 0;
  for (const word of a) if (b.has(word)) shared += 1;
  return shared / most < ALIKE ? 0 : shared / most;
}
