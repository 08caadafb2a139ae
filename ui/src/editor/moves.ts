/** What changes move in the body of a page, as Automerge's patches say it. */

import type { Patch } from "@automerge/automerge/slim";

/** Something taken out and put in by others, in order, at places of the body as it is in the document at that moment. */
export interface Move {
  readonly at: number;
  readonly removed: number;
  readonly inserted: number;
}

/** What a patch moved in the body. */
export function moveOf(patch: Patch): Move[] {
  const [root, at] = patch.path;
  if (root !== "body" || patch.path.length !== 2 || typeof at !== "number") return [];
  if (patch.action === "splice") return [{ at, removed: 0, inserted: patch.value.length }];
  if (patch.action === "insert") return [{ at, removed: 0, inserted: patch.values.length }];
  if (patch.action === "del") return [{ at, removed: patch.length ?? 1, inserted: 0 }];
  return [];
}
