/**
 * Where the window opens. On a device without a notebook one is begun, with an empty page in it, and nothing is asked;
 * later it opens where the person was, or on the page that was changed last.
 */

import type { Door, NotebookLine } from "../door/door";
import { m } from "../paraglide/messages.js";
import type { PageLists } from "./page-lists.svelte";

export interface PagePlace {
  readonly notebook: string;
  readonly page: string;
}

const LOCK = "hedgerow-first-notebook";
/** Beginnings in this window, one after the other, where the browser has no locks. */
let turn: Promise<unknown> = Promise.resolve();

/** Begins the notebook and the page, if there is nothing yet. `null` where there is something. */
export async function begunFor(door: Door): Promise<PagePlace | null> {
  if (!lacksPage(await door.ask("list_notebooks", {}))) return null;
  return alone(async () => {
    // Another tab has begun it meanwhile, perhaps, or an earlier try whose answer was lost.
    const notebooks = await door.ask("list_notebooks", {});
    if (!lacksPage(notebooks)) return null;
    const notebook = notebooks[0]?.id ?? (await door.ask("new_notebook", { title: m.first_notebook(), challenge: null })).id;
    const { id: page } = await door.ask("new_page", { notebook, title: m.page_untitled(), template: null, markdown: null });
    return { notebook, page };
  });
}

/** The page that was open last, where it still is; else the one that was changed last. `null` where there is no page. */
export async function whereOneWas(lists: PageLists, notebooks: readonly NotebookLine[], last: PagePlace | null): Promise<PagePlace | null> {
  if (last !== null && notebooks.some(({ id }) => id === last.notebook)) {
    const pages = await lists.of(last.notebook);
    if (pages.some(({ id }) => id === last.page)) return last;
  }
  const latest = await Promise.all(notebooks.map(async ({ id: notebook }) => ({ notebook, page: (await lists.of(notebook))[0] })));
  const found = latest.reduce<(typeof latest)[number] | null>((best, one) => ((one.page?.updated ?? "") > (best?.page?.updated ?? "") ? one : best), null);
  return found?.page === undefined ? null : { notebook: found.notebook, page: found.page.id };
}

/** Nothing is here, or no more than the notebook of a first minute that broke off. */
function lacksPage(notebooks: readonly NotebookLine[]): boolean {
  const [only, ...others] = notebooks;
  if (only === undefined) return true;
  return others.length === 0 && only.pages === 0 && only.members === 1 && only.role === "admin";
}

/** One at a time, in all tabs of this browser. */
function alone<Made>(make: () => Promise<Made>): Promise<Made> {
  const locks = (navigator as Partial<Pick<Navigator, "locks">>).locks;
  if (locks !== undefined) return locks.request(LOCK, make) as Promise<Made>;
  const made = turn.then(make);
  turn = made.catch(() => undefined);
  return made;
}
