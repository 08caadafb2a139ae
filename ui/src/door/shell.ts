/**
 * What the app's shell does that no browser can: menus and the tray, links that other programs open, and leaving without
 * losing anything. A window in a browser has none.
 */

/** One line of a menu. `cut`, `copy`, `paste` and `select_all` are the system's own. */
export interface MenuItem {
  readonly id: string;
  readonly label: string;
  /** Keys that choose it, as `CmdOrCtrl+N`. */
  readonly keys: string | null;
}

/** What menus and the tray are called. */
export interface ShellWords {
  readonly menus: readonly { readonly label: string; readonly items: readonly MenuItem[] }[];
  readonly open: string;
  readonly quit: string;
}

/** What the shell says: a menu's line was chosen, a link was opened, a file was saved there or could not be, or the person leaves. */
export type ShellWord = { readonly chosen: string } | { readonly link: string } | { readonly saved: string } | "not_saved" | "leaving";

export interface Shell {
  /** Shows menus and tray in these words. */
  describe(words: ShellWords): void;
  /** Says in the tray how it stands with what was written. */
  stand(standing: string): void;
  /** Shows a line outside of the window, as this system shows such things. */
  notify(line: string): void;
  /** Hears what the shell says; gives the way to stop hearing it. */
  listen(hear: (word: ShellWord) => void): () => void;
  /** What there was to save is saved, so that the app may end; or it cannot be, and the app should stay. */
  leave(isSaved: boolean): void;
}
