/** Keys that do something wherever one is in the window. Where the text of a page has a key of its own, that goes first. */

import type { Keys } from "../editor/keys";
import { isMac } from "../words/key-names";

export const WINDOW_KEYS = [
  { does: "goTo", keys: ["Mod-k"] },
  { does: "shortcuts", keys: ["Mod-/", "?"] },
] as const satisfies readonly Keys<string>[];

/** While two versions of a page are compared. */
export const DIFFERENCE_KEYS = [
  { does: "next", keys: ["Alt-ArrowDown"] },
  { does: "previous", keys: ["Alt-ArrowUp"] },
] as const satisfies readonly Keys<string>[];

/** In the actions of a plan; `across` and `week` go by the view that they are in. */
export const PLAN_KEYS = [
  { does: "undo", keys: ["Mod-z"] },
  { does: "redo", keys: ["Shift-Mod-z", "Mod-y"] },
  { does: "go", keys: ["ArrowUp", "ArrowDown"] },
  { does: "move", keys: ["Alt-ArrowUp", "Alt-ArrowDown"] },
  { does: "across", keys: ["Alt-ArrowLeft", "Alt-ArrowRight"] },
  { does: "week", keys: ["Shift-Alt-ArrowLeft", "Shift-Alt-ArrowRight"] },
  { does: "next", keys: ["Enter"] },
  { does: "table", keys: ["t"] },
] as const satisfies readonly Keys<string>[];

/** What a key does in the actions of a plan. */
export type PlanDeed = (typeof PLAN_KEYS)[number]["does"];

/** Which way an arrow leads: back is -1, on is 1. */
export function wayOf({ key }: Pick<KeyboardEvent, "key">): -1 | 1 {
  return key === "ArrowUp" || key === "ArrowLeft" ? -1 : 1;
}

/** What a key does in the window. */
export type WindowDeed = (typeof WINDOW_KEYS)[number]["does"];

/** What is done by a key that was pressed, if it is one of these. */
export function deedOf<Does extends string>(event: KeyboardEvent, of: readonly Keys<Does>[]): Does | null {
  if (event.defaultPrevented) return null;
  return of.find(({ keys }) => keys.some((key) => isPressed(event, key)))?.does ?? null;
}

function isPressed(event: KeyboardEvent, keys: string): boolean {
  const parts = keys.split("-");
  const key = parts.at(-1) ?? "";
  // A character alone is typed wherever there is something to type in.
  if (parts.length === 1 && key.length === 1 && takesCharacters(event.target)) return false;
  const isMod = isMac() ? event.metaKey && !event.ctrlKey : event.ctrlKey && !event.metaKey;
  if (parts.includes("Mod") ? !isMod : event.ctrlKey || event.metaKey) return false;
  // Where a sign is on a keyboard, and whether Shift is needed for it, differs from country to country.
  const isSign = key.length === 1 && !/[a-z]/i.test(key);
  if (event.altKey !== parts.includes("Alt") || (!isSign && event.shiftKey !== parts.includes("Shift"))) return false;
  return event.key.toLowerCase() === key.toLowerCase();
}

function takesCharacters(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest("input, textarea, select, [contenteditable=true], [role=textbox], [role=menu]") !== null;
}
