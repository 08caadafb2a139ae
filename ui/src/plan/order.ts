/**
 * Where something stands among others: a fraction between its neighbours', written so that comparing bytes compares fractions.
 * Whoever moves one thing writes its own place alone, and two who move different things both have their way.
 */

import { generateNKeysBetween } from "fractional-indexing";

/** Something that has a place, as it was read; `null` where none can be read. */
export interface Placed {
  readonly id: string;
  readonly order: string | null;
}

/** One that is to have another place. */
export interface Placing {
  readonly id: string;
  readonly order: string;
}

/** A longer one is neither read nor written. */
const LONGEST = 64;

/** A place as it was said; none where it is too long, or not written in digits and letters. */
export function readOrder(said: string | null): string | null {
  return said !== null && said.length <= LONGEST && /^[0-9A-Za-z]+$/.test(said) ? said : null;
}

/** Which stands first. Those with the same place stand in the order of ids; what has none stands behind all others, by id. */
export function compareOrder(one: Placed, other: Placed): number {
  if (one.order !== other.order) {
    if (one.order === null) return 1;
    if (other.order === null) return -1;
    return one.order < other.order ? -1 : 1;
  }
  return one.id < other.id ? -1 : one.id > other.id ? 1 : 0;
}

/**
 * What has to be said for something to stand at this index of the others, which are in order and do not hold it: its own place,
 * and those of as few neighbours as it takes to make room.
 */
export function placing(id: string, others: readonly Placed[], index: number): Placing[] {
  for (let width = 0; width <= 2 * others.length; width = Math.max(1, 2 * width)) {
    for (const [left, right] of [[0, width], [width, 0], [width, width]] as const) {
      // Whatever has no place stands behind all that have one: so that something can stand behind it, it needs one too.
      const from = others.slice(0, Math.max(0, index - left)).findLastIndex(({ order }) => order !== null) + 1;
      const to = Math.min(index + right, others.length);
      const orders = between(others[from - 1]?.order ?? null, others[to]?.order ?? null, to - from + 1);
      if (orders === null) continue;
      const ids = [...others.slice(from, index).map((other) => other.id), id, ...others.slice(index, to).map((other) => other.id)];
      return ids.map((each, at) => ({ id: each, order: orders[at] ?? "" }));
    }
  }
  // Between no bounds there is room for as many as a document can hold.
  return [];
}

/** So many places between two; none where there is no room, or somebody wrote one of the two in another way. */
function between(low: string | null, high: string | null, count: number): string[] | null {
  try {
    const orders = generateNKeysBetween(low, high, count);
    return orders.every((order) => order.length <= LONGEST) ? orders : null;
  } catch {
    return null;
  }
}
