/** All notebooks and pages of this device, by title: where one can go to. */

import type { Door, Fault } from "../door/door";
import { folded } from "../words/folded";
import type { PagePlace } from "./first-minute";
import type { KeptPlaces } from "./kept-places.svelte";
import { faultIn } from "./open-page.svelte";

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
  all = $state.raw<readonly Entry[] | null>(null);
  fault = $state.raw<Fault | null>(null);

  constructor(
    private readonly door: Pick<Door, "ask">,
    private readonly kept: KeptPlaces,
  ) {}

  /** Reads what there is. */
  async read(): Promise<void> {
    try {
      const notebooks = await this.door.ask("list_notebooks", {});
      const read = notebooks.map(async ({ id: notebook, title: within }): Promise<Entry[]> => {
        const pages = await this.door.ask("list_pages", { notebook });
        const itself = { notebook, page: null, title: within, within: null, plain: folded(within) };
        return [itself, ...pages.map(({ id: page, title }) => ({ notebook, page, title, within, plain: folded(title) }))];
      });
      this.all = (await Promise.all(read)).flat();
      this.fault = null;
    } catch (problem) {
      this.fault = faultIn(problem);
    }
  }

  /** The notebooks alone. */
  get notebooks(): readonly Destination[] {
    return this.all?.filter(({ page }) => page === null) ?? [];
  }

  /** What is kept within reach, as far as it is still there. */
  these(places: readonly PagePlace[]): Destination[] {
    return places.flatMap(({ page }) => this.all?.find((one) => one.page === page) ?? []);
  }

  /** Everything whose title has all words of the query in it, the likeliest first. */
  found(query: string): Destination[] {
    const words = folded(query).split(/\s+/).filter((word) => word !== "");
    const fits = (this.all ?? []).filter(({ plain }) => words.every((word) => plain.includes(word)));
    const wanted = words.join(" ");
    return fits.sort((one, other) => this.rank(one, wanted) - this.rank(other, wanted)).slice(0, MOST);
  }

  /** What begins with the query goes first, then what has a word that does; of those alike, what was opened last. */
  private rank({ plain, page }: Entry, wanted: string): number {
    const match = plain.startsWith(wanted) ? 0 : plain.includes(` ${wanted}`) ? 1 : 2;
    const at = this.kept.recent.findIndex((one) => one.page === page);
    return match * 100 + (page !== null && at < 0 ? 50 : Math.max(0, at));
  }
}
