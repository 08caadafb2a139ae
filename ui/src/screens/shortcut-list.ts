/** All shortcuts, in words: made from what the editor and the window bind. */

import { KIND_KEYS, TEXT_KEYS, type Keys, type TextDeed } from "../editor/keys";
import type { MarkName } from "../editor/blocks";
import { LINE_SHORTCUTS, WORD_SHORTCUTS } from "../editor/shortcuts";
import { CHOICES, type Choice } from "../editor/slash";
import { m } from "../paraglide/messages.js";
import { keyNames } from "../words/key-names";
import { kindName } from "./kinds";
import { DIFFERENCE_KEYS, PLAN_KEYS, WINDOW_KEYS, type PlanDeed, type WindowDeed } from "./window-keys";

/** Keys that are pressed together, or what is typed. */
export type Chord = readonly string[];

/** What a shortcut does, and the ways to it; each is one chord after the other. */
export interface ShortcutLine {
  readonly name: string;
  readonly ways: readonly (readonly Chord[])[];
}

/** Shortcuts that work in the same place. */
export interface ShortcutGroup {
  readonly title: string;
  readonly lines: readonly ShortcutLine[];
}

const TEXT: Record<TextDeed, () => string> = {
  strong: m.tool_strong,
  em: m.tool_em,
  code: m.tool_code,
  link: m.shortcut_link,
  undo: m.tool_undo,
  redo: m.tool_redo,
  newLine: m.shortcut_new_line,
  breakLine: m.shortcut_break_line,
  tick: m.shortcut_tick,
  indent: m.tool_indent,
  outdent: m.tool_outdent,
  erase: m.shortcut_erase,
  eraseForward: m.shortcut_erase_forward,
};

const WORDS: Record<MarkName, () => string> = { strong: m.tool_strong, em: m.tool_em, code: m.tool_code, link: m.tool_link };

const WINDOW: Record<WindowDeed, () => string> = { goTo: m.go_to, shortcuts: m.shortcuts };

const DIFFERENCES: Record<(typeof DIFFERENCE_KEYS)[number]["does"], () => string> = { next: m.difference_next, previous: m.difference_previous };

const PLAN: Record<PlanDeed, () => string> = {
  undo: m.tool_undo,
  redo: m.tool_redo,
  go: m.plan_key_go,
  move: m.plan_key_move,
  across: m.plan_key_across,
  week: m.plan_key_week,
  next: m.plan_key_next,
  table: m.plan_key_table,
};

/** What can be done with keys, in the order in which it is told. */
export function shortcutList(): ShortcutGroup[] {
  const leave = { name: m.shortcut_leave(), ways: [[keyNames("Escape"), keyNames("Tab")]] };
  const follow = { name: m.shortcut_follow(), ways: [[keyNames("Mod-click")]] };
  const file = { name: m.shortcut_file(), ways: [[keyNames("Tab")]] };
  const slash = { name: m.menu_label(), ways: [[["/"]]] };
  const words = (makes: MarkName) => WORDS[makes]();
  return [
    { title: m.shortcuts_anywhere(), lines: pressed(WINDOW_KEYS, (does) => WINDOW[does]()) },
    { title: m.page_body(), lines: [...pressed(TEXT_KEYS, (does) => TEXT[does]()), follow, file, leave] },
    { title: m.menu_label(), lines: [slash, ...pressed(KIND_KEYS, kindOf)] },
    { title: m.shortcuts_line(), lines: typed(LINE_SHORTCUTS, kindOf) },
    { title: m.shortcuts_words(), lines: typed(WORD_SHORTCUTS, words) },
    { title: m.plan_shortcuts(), lines: pressed(PLAN_KEYS, (does) => PLAN[does]()) },
    { title: m.shortcuts_differences(), lines: pressed(DIFFERENCE_KEYS, (does) => DIFFERENCES[does]()) },
  ];
}

function kindOf(id: Choice["id"]): string {
  const choice = CHOICES.find((one) => one.id === id);
  return choice === undefined ? "" : kindName(choice);
}

function pressed<Does extends string>(of: readonly Keys<Does>[], name: (does: Does) => string): ShortcutLine[] {
  return of.map(({ does, keys }) => ({ name: name(does), ways: keys.map((key) => [keyNames(key)]) }));
}

/** What is typed, gathered by what it makes. */
function typed<Makes>(of: readonly { examples: readonly { typed: (words: string) => string; makes: Makes }[] }[], name: (makes: Makes) => string): ShortcutLine[] {
  const examples = of.flatMap((shortcut) => shortcut.examples);
  return [...new Set(examples.map(({ makes }) => makes))].map((makes) => ({
    name: name(makes),
    ways: examples.filter((example) => example.makes === makes).map((example) => [[example.typed(m.shortcut_example())]]),
  }));
}
