/** A tree as the rows of it that are in sight, from the top down. */

/** How a tree is read: what its items are called by, and what lies in them. */
export interface Shape<Item> {
  readonly key: (item: Item) => string;
  /** What lies in it; `null` in what does not open. */
  readonly within: (item: Item) => readonly Item[] | null;
  /** Whether what lies in it is in sight. */
  readonly isOpen: (item: Item) => boolean;
}

export interface TreeRow<Item> {
  readonly item: Item;
  readonly key: string;
  /** How deep it lies, from 1. */
  readonly level: number;
  /** Which it is among those beside it, from 1, and how many they are. */
  readonly position: number;
  readonly size: number;
  /** `null` for what does not open. */
  readonly isOpen: boolean | null;
  /** The place of the row that it lies in; `null` at the root. */
  readonly parent: number | null;
}

/** Each item, and below one that is open what lies in it. */
export function rowsOf<Item>(roots: readonly Item[], shape: Shape<Item>): TreeRow<Item>[] {
  const rows: TreeRow<Item>[] = [];
  const add = (of: readonly Item[], level: number, parent: number | null): void => {
    for (const [index, item] of of.entries()) {
      const within = shape.within(item);
      const isOpen = within === null ? null : shape.isOpen(item);
      const at = rows.push({ item, key: shape.key(item), level, position: index + 1, size: of.length, isOpen, parent }) - 1;
      if (within !== null && isOpen === true) add(within, level + 1, at);
    }
  };
  add(roots, 1, null);
  return rows;
}
