/**
 * Every key that does something in a page's text. The editor binds these and no others, and the list of shortcuts is made
 * of them. Keys are written as ProseMirror does; `Mod` is Cmd on a Mac, else Ctrl.
 */

import type { Command } from "prosemirror-state";
import type { Choice } from "./slash";

/** Keys, any of which does the same. */
export interface Keys<Does extends string> {
  readonly does: Does;
  readonly keys: readonly string[];
}

export const TEXT_KEYS = [
  { does: "strong", keys: ["Mod-b"] },
  { does: "em", keys: ["Mod-i"] },
  { does: "code", keys: ["Mod-e"] },
  { does: "link", keys: ["Mod-k"] },
  { does: "undo", keys: ["Mod-z"] },
  { does: "redo", keys: ["Shift-Mod-z", "Mod-y"] },
  { does: "newLine", keys: ["Enter"] },
  { does: "breakLine", keys: ["Shift-Enter"] },
  { does: "tick", keys: ["Mod-Enter"] },
  { does: "indent", keys: ["Tab"] },
  { does: "outdent", keys: ["Shift-Tab"] },
  { does: "erase", keys: ["Backspace"] },
  { does: "eraseForward", keys: ["Delete"] },
] as const satisfies readonly Keys<string>[];

/** What the line becomes. */
export const KIND_KEYS = [
  { does: "paragraph", keys: ["Mod-Alt-0"] },
  { does: "heading1", keys: ["Mod-Alt-1"] },
  { does: "heading2", keys: ["Mod-Alt-2"] },
  { does: "heading3", keys: ["Mod-Alt-3"] },
  { does: "numbers", keys: ["Mod-Shift-7"] },
  { does: "bullets", keys: ["Mod-Shift-8"] },
  { does: "tasks", keys: ["Mod-Shift-9"] },
] as const satisfies readonly Keys<Choice["id"]>[];

/** What a key does in the text, but for what it makes of the line. */
export type TextDeed = (typeof TEXT_KEYS)[number]["does"];

/** Commands by key, for the editor: one for each deed, so that none is left out of the list or out of the editor. */
export function bound(deeds: Readonly<Record<TextDeed, Command>>, into: (kind: Choice["id"]) => Command): Record<string, Command> {
  const text = TEXT_KEYS.flatMap(({ does, keys }) => keys.map((key) => [key, deeds[does]]));
  const kinds = KIND_KEYS.flatMap(({ does, keys }) => keys.map((key) => [key, into(does)]));
  return Object.fromEntries([...text, ...kinds]) as Record<string, Command>;
}
