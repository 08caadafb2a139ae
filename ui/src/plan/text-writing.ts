/** The texts of a plan: each is changed by the least difference in words, as the page's body is. */

import * as A from "@automerge/automerge/slim";
import { difference, type Cuts } from "../editor/difference";
import type { PlanDocument, TextPath } from "./plan-document";

/** So much taken out and put in at one place of a text, counted in UTF-16 units, before any of it was done. */
export interface TextSplice {
  readonly at: number;
  readonly removed: string;
  readonly inserted: string;
}

/** What turns one text into another; `cuts` are where what was done begins and ends, before and after, if that is known. */
export function textSplices(before: string, after: string, cuts?: Cuts): TextSplice[] {
  const line = (text: string) => [{ type: "paragraph", parents: [], text, marks: [] }];
  // The difference counts the marker before the text.
  const moved = (places: ReadonlySet<number>) => new Set([...places].map((place) => place + 1));
  const edit = difference(line(before), line(after), cuts && { before: moved(cuts.before), after: moved(cuts.after) });
  return edit.splices.map(({ at, removed, inserted }) => ({ at: at - 1, removed: textOf(removed), inserted: textOf(inserted) }));
}

function textOf(pieces: readonly object[]): string {
  return pieces.map((piece) => ("text" in piece ? String(piece.text) : "")).join("");
}

/** Whether a text can be written in by two at once: what is held as one value is said whole. */
export function isShared(document: PlanDocument, path: TextPath): boolean {
  return typeof heldAt(document, path) === "string";
}

function heldAt(document: PlanDocument, [key, prop]: TextPath): unknown {
  const held = document[key];
  if (prop === undefined) return held;
  return typeof held === "object" && held !== null ? (held as PlanDocument)[prop] : undefined;
}

/** Writes splices that are in order; all their places are those before the first. */
export function writeSplices(draft: PlanDocument, path: TextPath, splices: readonly TextSplice[]): void {
  // `A.splice` parts its path at each stroke, and keys of a plan have one.
  const automerge = A.getBackend(draft as A.Doc<PlanDocument>);
  const text = path.reduce((object, name) => String(automerge.getWithType(object, name)?.[1]), "_root");
  for (const { at, removed, inserted } of [...splices].reverse()) automerge.splice(text, at, removed.length, inserted);
}

/** Says a text whole. */
export function writeWhole(draft: PlanDocument, [key, prop]: TextPath, text: string): void {
  const holder = prop === undefined ? draft : draft[key];
  if (typeof holder === "object" && holder !== null) (holder as PlanDocument)[prop ?? key] = new A.ImmutableString(text);
}

/** What a patch moved in one text of the plan: taken out and put in, in order. Nothing else moves anything in it. */
export function movesIn(path: TextPath, patches: readonly A.Patch[]): { at: number; removed: number; inserted: number }[] {
  return patches.flatMap((patch) => {
    const at = patch.path[path.length];
    if (patch.path.length !== path.length + 1 || typeof at !== "number" || !path.every((part, index) => patch.path[index] === part)) return [];
    if (patch.action === "splice") return [{ at, removed: 0, inserted: patch.value.length }];
    return patch.action === "del" ? [{ at, removed: patch.length ?? 1, inserted: 0 }] : [];
  });
}

/** Whether patches put something else in the place of a text: what was known of its letters is over. */
export function isReplaced(path: TextPath, patches: readonly A.Patch[]): boolean {
  return patches.some((patch) => (patch.action === "put" || patch.action === "del") && patch.path.length <= path.length && patch.path.every((part, index) => path[index] === part));
}

/** Where a place in a text is after those moves; one stays behind what is put in where it stands. */
export function movedBy(place: number, moves: readonly { at: number; removed: number; inserted: number }[]): number {
  return moves.reduce((at, { at: from, removed, inserted }) => (at < from || (at === from && removed === 0) ? at : Math.max(from, at - removed) + inserted), place);
}
