/** What is around the window where it is the app's own: its menus and its tray in the window's words, and what is chosen in them. */

import type { MenuItem, Shell, ShellWord, ShellWords } from "../door/shell";
import { m } from "../paraglide/messages.js";
import type { Place, Work } from "./work.svelte";

/** What a menu can open that is no place. */
export interface Openers {
  readonly settings: () => void;
}

const item = (id: string, label: string, keys: string | null = null): MenuItem => ({ id, label, keys });

/** Menus and tray, in the language that is chosen now. */
export function wordsAround(): ShellWords {
  return {
    menus: [
      {
        label: m.app_name(),
        items: [
          item("join", m.join()),
          item("settings", m.settings(), "CmdOrCtrl+,"),
          item("quit", m.menu_quit(), "CmdOrCtrl+Q"),
        ],
      },
      {
        label: m.menu_edit(),
        items: [item("cut", m.menu_cut()), item("copy", m.menu_copy()), item("paste", m.menu_paste()), item("select_all", m.menu_select_all())],
      },
      {
        label: m.menu_go(),
        items: [
          item("pages", m.place_pages(), "CmdOrCtrl+1"),
          item("capture", m.place_capture(), "CmdOrCtrl+2"),
          item("people", m.place_people(), "CmdOrCtrl+3"),
        ],
      },
    ],
    open: m.menu_open(),
    quit: m.menu_quit(),
  };
}

/** How it stands with what was written, for the tray. */
export function standingOf(work: Work): string {
  if (work.page !== null && work.page.lost !== null) return m.save_failed({ say: work.page.lost.say });
  return work.page?.isSaving === true ? m.saving() : m.saved();
}

/** Does what was chosen around the window. */
export function heed(word: ShellWord, shell: Shell, work: Work, openers: Openers): void {
  if (word === "leaving") void leave(shell, work);
  else if (word === "not_saved") work.news.saved(null);
  else if ("saved" in word) work.news.saved(word.saved);
  else if ("link" in word) {
    work.joining.show();
    // A joining that waits for somebody is not given up for another link.
    if (work.joining.step === "link") {
      work.joining.text = word.link;
      void work.joining.read();
    }
  } else choose(word.chosen, work, openers);
}

function choose(id: string, work: Work, { settings }: Openers): void {
  if (id === "settings") settings();
  else if (id === "join") work.joining.show();
  else work.place = id as Place;
}

/** The app ends when all that was typed is saved. What cannot be saved keeps it open, and is told. */
async function leave(shell: Shell, work: Work): Promise<void> {
  shell.leave((await work.page?.isSettled()) !== false);
}
