/** The history of the page on the screen: its versions, and the one that is shown. */

import type { Door, Fault, Notice, PageView, VersionLine } from "../door/door";
import { Comparison, type Against } from "./comparison.svelte";
import { faultIn } from "./attempts.svelte";
import { keepUp } from "./keeping-up";
import { Restoring } from "./restoring.svelte";

/** A version that was chosen from the list. */
export interface Chosen {
  readonly line: VersionLine;
  /** The version before what was chosen; none before the first. */
  readonly before: VersionLine | null;
}

/** While somebody types, the list is read again after so many milliseconds at the earliest. */
const READ_AGAIN = 2_000;

export class PageHistory {
  versions = $state.raw<readonly VersionLine[] | null>(null);
  /** Those that are kept and not on the page. */
  aside = $state.raw<readonly VersionLine[]>([]);
  /** Why they could not be read. */
  fault = $state.raw<Fault | null>(null);
  chosen = $state.raw<Chosen | null>(null);
  /** The page as it was then; nothing while it is asked for. */
  view = $state.raw<PageView | null>(null);
  viewFault = $state.raw<Fault | null>(null);
  readonly comparison: Comparison;
  readonly restoring: Restoring;
  /** Whether what is compared with stands before the version that was chosen. */
  readonly isAfter = $derived.by(() => {
    const at = (line: VersionLine | null) => this.versions?.findIndex(({ version }) => version === line?.version) ?? -1;
    return at(this.comparison.line) > at(this.chosen?.line ?? null);
  });

  constructor(
    readonly door: Pick<Door, "ask" | "listen">,
    readonly page: string,
  ) {
    this.comparison = new Comparison(door, page);
    this.restoring = new Restoring(door, page);
  }

  /** Reads the versions, and keeps up with them until the given way to stop is used. */
  begin(): () => void {
    return keepUp(this.door, (notice) => this.concerns(notice), () => this.read(), READ_AGAIN);
  }

  async read(): Promise<void> {
    try {
      const all = await this.door.ask("page_history", { page: this.page });
      this.versions = all.filter(({ aside }) => aside === undefined);
      this.aside = all.filter(({ aside }) => aside !== undefined);
      this.fault = null;
      if (this.comparison.against === "now") void this.comparison.open();
    } catch (problem) {
      this.fault = faultIn(problem);
    }
  }

  /**
   * Shows the page as it was at a version, or compares with it if that was wanted; `older` is where the first version stands
   * that is not part of what was chosen.
   */
  async choose(line: VersionLine, older: number): Promise<void> {
    if (this.comparison.picks) {
      await this.comparison.with("other", line);
      return;
    }
    this.chosen = { line, before: this.versions?.[older] ?? null };
    const { against } = this.comparison;
    await Promise.all([this.open(), against === "before" ? this.compare(against) : undefined]);
  }

  /** Compares the version that was chosen; another version is chosen from the list then. */
  async compare(against: Against): Promise<void> {
    const before = this.chosen?.before ?? null;
    if (against === "before" && before === null) this.comparison.end();
    else await this.comparison.with(against, against === "before" ? before : null);
  }

  /** Asks for the chosen version, again where it failed. */
  async open(): Promise<void> {
    const { chosen } = this;
    if (chosen === null) return;
    [this.view, this.viewFault] = [null, null];
    try {
      const view = await this.door.ask("show_page", { page: this.page, at: chosen.line.version });
      if (this.chosen === chosen) this.view = view;
    } catch (problem) {
      if (this.chosen === chosen) this.viewFault = faultIn(problem);
    }
  }

  /** Back to the page as it is. */
  leave(): void {
    [this.chosen, this.view, this.viewFault] = [null, null, null];
    this.comparison.end();
  }

  private concerns(notice: Notice): boolean {
    return notice.notice === "missed" || (notice.notice === "page_changed" && notice.page_id === this.page);
  }
}
