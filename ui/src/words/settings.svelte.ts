/** What the person has set for this window: language, day or night, what pages are set in, when it keeps quiet. */

import { getLocale, isLocale, overwriteGetLocale, type Locale } from "../paraglide/runtime.js";
import { EVENINGS, quietHoursIn, type QuietHours } from "./quiet";

export type Theme = "system" | "light" | "dark";
export type Reading = "sans" | "serif";
/** How pages are shown beside the one that is open: those of one notebook, or all notebooks with theirs. */
export type PageView = "list" | "tree";

/** Where settings are kept between starts. */
export interface Shelf {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
}

/** A page, and its notebook. */
interface Place {
  readonly notebook: string;
  readonly page: string;
}

const THEMES: readonly Theme[] = ["system", "light", "dark"];
const PAGE_VIEWS: readonly PageView[] = ["list", "tree"];
const READINGS: readonly Reading[] = ["sans", "serif"];

export class Settings {
  locale = $state<Locale>("en");
  theme = $state<Theme>("system");
  reading = $state<Reading>("sans");
  /** Whether a question mark outside of text opens the list of shortcuts. */
  opensByQuestionMark = $state(true);
  /** Whether the app says outside of its window that there is something new. */
  notifies = $state(true);
  /** When it does not. */
  quiet = $state.raw<QuietHours>(EVENINGS);

  constructor(
    private readonly shelf: Shelf,
    languages: readonly string[],
  ) {
    const kept = shelf.getItem("locale") ?? languages.map((language) => language.slice(0, 2)).find(isLocale) ?? getLocale();
    if (isLocale(kept)) this.locale = kept;
    this.theme = THEMES.find((theme) => theme === shelf.getItem("theme")) ?? "system";
    this.reading = READINGS.find((reading) => reading === shelf.getItem("reading")) ?? "sans";
    this.opensByQuestionMark = shelf.getItem("question-mark") !== "off";
    this.notifies = shelf.getItem("notifications") !== "off";
    this.quiet = quietHoursIn(shelf.getItem("quiet-hours"));
    overwriteGetLocale(() => this.locale);
  }

  /** The page that was open last, and its notebook. */
  get lastPage(): Place | null {
    const [notebook, page] = [this.shelf.getItem("notebook"), this.shelf.getItem("page")];
    return notebook === null || page === null || page === "" ? null : { notebook, page };
  }

  set lastPage(place: Place | null) {
    this.shelf.setItem("notebook", place?.notebook ?? "");
    this.shelf.setItem("page", place?.page ?? "");
  }

  /** Pages that were pinned, in that order. */
  get pinned(): readonly Place[] {
    return this.listOf("pinned", isPlace);
  }

  set pinned(places: readonly Place[]) {
    this.shelf.setItem("pinned", JSON.stringify(places));
  }

  /** Pages that were opened, the latest first. */
  get recent(): readonly Place[] {
    return this.listOf("recent", isPlace);
  }

  set recent(places: readonly Place[]) {
    this.shelf.setItem("recent", JSON.stringify(places));
  }

  get pageView(): PageView {
    return PAGE_VIEWS.find((view) => view === this.shelf.getItem("page-view")) ?? "list";
  }

  set pageView(view: PageView) {
    this.shelf.setItem("page-view", view);
  }

  /** The notebooks that are open in the tree of all of them, by their ids. */
  get openNotebooks(): readonly string[] {
    return this.listOf("open-notebooks", (kept) => typeof kept === "string");
  }

  set openNotebooks(notebooks: readonly string[]) {
    this.shelf.setItem("open-notebooks", JSON.stringify(notebooks));
  }

  /** What is kept under a name; what is something else, nobody knows from when, is left out. */
  private listOf<Kept>(name: string, is: (kept: unknown) => kept is Kept): readonly Kept[] {
    try {
      const kept: unknown = JSON.parse(this.shelf.getItem(name) ?? "[]");
      return Array.isArray(kept) ? kept.filter(is) : [];
    } catch {
      return [];
    }
  }

  /** Keeps what was set, and tells the document what concerns all of it. */
  show(root: HTMLElement): void {
    root.lang = this.locale;
    if (this.theme === "system") delete root.dataset["theme"];
    else root.dataset["theme"] = this.theme;
    root.dataset["reading"] = this.reading;
    this.shelf.setItem("locale", this.locale);
    this.shelf.setItem("theme", this.theme);
    this.shelf.setItem("reading", this.reading);
    this.shelf.setItem("question-mark", this.opensByQuestionMark ? "on" : "off");
    this.shelf.setItem("notifications", this.notifies ? "on" : "off");
    this.shelf.setItem("quiet-hours", JSON.stringify(this.quiet));
  }
}

function isPlace(kept: unknown): kept is Place {
  if (typeof kept !== "object" || kept === null || !("notebook" in kept) || !("page" in kept)) return false;
  return typeof kept.notebook === "string" && typeof kept.page === "string";
}
