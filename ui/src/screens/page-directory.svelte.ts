/** All notebooks and pages of this device, by title: where one can go to. */

import type { Door, Fault, NotebookLine } from "../door/door";
import { folded } from "../words/folded";
import { faultIn } from "./attempts.svelte";
import type { PagePlace } from "./first-minute";
import type { KeptPlaces } from "./kept-places.svelte";
import { PageLists } from "./page-lists.svelte";

/** A page, with the title of its notebook; or a notebook itself. */
export interface Destination {
  readonly notebook: string;
  readonly page: string | null;
  readonly title: string;
  /** What the notebook of a page is called. */
  readonly within: string | null;
}

/** As it is searched. */
interface Entry extends Destination {
  readonly plain: string;
}

/** Of more than so many that are found, whoever searches types more. */
const MOST = 50;

export class PageDirectory {
  readonly lists: PageLists;
  fault = $state.raw<Fault | null>(null);
  /** Whether there is everything that could be gone to. */
  readonly isWhole = $derived.by(() => this.held()?.every(({ id }) => this.lists.all[id] !== undefined) ?? false);
  private readonly entries = $derived.by(() => (this.held() ?? []).flatMap((notebook) => this.entriesOf(notebook)));

  constructor(
    door: Pick<Door, "ask">,
    private readonly kept: KeptPlaces,
    /** The notebooks that are on this device, as far as they were read. */
    private readonly held: () => readonly NotebookLine[] | null,
  ) {
    this.lists = new PageLists(door);
  }

  /** Reads what there is in these notebooks, or in all of them, as far as it is not known. */
  async read(notebooks: readonly string[] = (this.held() ?? []).map(({ id }) => id)): Promise<void> {
    const here = (this.held() ?? []).map(({ id }) => id);
    try {
      await Promise.all(here.filter((id) => notebooks.includes(id)).map((id) => this.lists.of(id)));
      this.fault = null;
    } catch (problem) {
      this.fault = faultIn(problem);
    }
  }

  /** The notebooks alone. */
  get notebooks(): readonly Destination[] {
    return (this.held() ?? []).map(({ id: notebook, title }) => ({ notebook, page: null, title, within: null }));
  }

  /** What is kept within reach, as far as it is still there. */
  these(places: readonly PagePlace[]): Destination[] {
    return places.flatMap(({ notebook, page }) => {
      const within = this.held()?.find(({ id }) => id === notebook)?.title;
      const line = this.lists.all[notebook]?.find(({ id }) => id === page);
      return within === undefined || line === undefined ? [] : [{ notebook, page, title: line.title, within }];
    });
  }

  /** Everything whose title has all words of the query in it, the likeliest first. */
  found(query: string): Destination[] {
    const words = folded(query).split(/\s+/).filter((word) => word !== "");
    const fits = this.entries.filter(({ plain }) => words.every((word) => plain.includes(word)));
    const wanted = words.join(" ");
    return fits.sort((one, other) => this.rank(one, wanted) - this.rank(other, wanted)).slice(0, MOST);
  }

  private entriesOf({ id: notebook, title: within }: NotebookLine): Entry[] {
    const itself = { notebook, page: null, title: within, within: null, plain: folded(within) };
    const pages = this.lists.all[notebook] ?? [];
    return [itself, ...pages.map(({ id: page, title }) => ({ notebook, page, title, within, plain: folded(title) }))];
  }

  /** What begins with the query goes first, then what has a word that does; of those alike, what was opened last. */
  private rank({ plain, page }: Entry, wanted: string): number {
    const match = plain.startsWith(wanted) ? 0 : plain.includes(` ${wanted}`) ? 1 : 2;
    const at = this.kept.recent.findIndex((one) => one.page === page);
    return match * 100 + (page !== null && at < 0 ? 50 : Math.max(0, at));
  }
}
