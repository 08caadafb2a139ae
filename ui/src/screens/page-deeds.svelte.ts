/** What can be done about the pages of the notebook that is chosen: begun, renamed, moved, deleted and brought back. */

import type { PageLine } from "../door/door";
import type { PagePlace } from "./first-minute";
import { OneAttempt } from "./attempts.svelte";
import type { Work } from "./work.svelte";

/** A page that was deleted in this window. */
export interface Deleted extends PagePlace {
  readonly title: string;
}

/** Why what was asked for in a sheet was not done is told there; else it is told above everything. */
export class PageDeeds extends OneAttempt {
  /** What was deleted last, until it is brought back, put away, or something else is deleted. */
  last = $state.raw<Deleted | null>(null);
  /** The deleted pages of the notebook, as they were read last. */
  deleted = $state.raw<readonly PageLine[] | null>(null);

  constructor(private readonly work: Work) {
    super();
  }

  /** Begins a page, made from a template if one is given, and opens it to be written. */
  async create(title: string, template: string | null = null): Promise<void> {
    const notebook = this.work.chosen;
    if (notebook === null) return;
    await this.work.try(async () => {
      const { id } = await this.work.door.ask("new_page", { notebook, title, template, markdown: null });
      await this.work.readPages(notebook);
      await this.work.open(id, true);
    });
  }

  async rename(title: string): Promise<void> {
    const { page, chosen: notebook } = this.work;
    if (page === null || notebook === null || title.trim() === "" || title.trim() === page.title) return;
    await this.work.try(async () => {
      await this.work.door.ask("rename_page", { page: page.id, title });
      await this.work.readPages(notebook);
    });
  }

  /** Deletes the page that is open, at once: it can be brought back. Whether it was done. */
  async delete(): Promise<boolean> {
    const { page, chosen: notebook } = this.work;
    if (page === null || notebook === null || this.busy || !(await page.isSettled())) return false;
    this.busy = true;
    const isDone = await this.work.try(async () => {
      await this.work.door.ask("delete_page", { page: page.id });
      if (this.work.page === page) this.work.closePage();
      // Said when it is out of the list, and also where the list could not be read: it can be taken back.
      await this.work.readPages(notebook).finally(() => (this.last = { notebook, page: page.id, title: page.title }));
    });
    this.busy = false;
    return isDone;
  }

  /** Brings back what was deleted last, and opens it. */
  async undo(): Promise<void> {
    const { last } = this;
    if (last === null) return;
    await this.work.try(async () => {
      await this.work.door.ask("bring_back_page", { page: last.page });
      if (this.last === last) this.last = null;
      await this.work.goTo(last, true);
    });
  }

  /** Brings back the page that is on the screen, which somebody deleted. */
  async unmark(page: string): Promise<void> {
    await this.work.door.ask("bring_back_page", { page });
    if (this.work.chosen !== null) await this.work.readPages(this.work.chosen);
  }

  putAway(): void {
    this.last = null;
  }

  /** Reads which pages of the notebook are deleted. */
  async readDeleted(): Promise<void> {
    this.deleted = null;
    await this.do(async (notebook) => {
      this.deleted = await this.work.door.ask("list_deleted_pages", { notebook });
    });
  }

  /** Brings a page back. Whether it was done. */
  bringBack(page: string): Promise<boolean> {
    return this.do(async (notebook) => {
      await this.work.door.ask("bring_back_page", { page });
      if (this.last?.page === page) this.last = null;
      this.deleted = await this.work.door.ask("list_deleted_pages", { notebook });
      await this.work.readPages(notebook);
    });
  }

  /** Moves the page that is open, and goes along. Whether it was done. */
  move(to: string): Promise<boolean> {
    return this.do(async () => {
      const { page } = this.work;
      if (page === null || !(await page.isSettled())) return;
      const { id, notebook_id, title, notebook } = await this.work.door.ask("move_page", { page: page.id, notebook: to });
      this.work.kept.moved(page.id, { notebook: notebook_id, page: id });
      await this.work.goTo({ notebook: notebook_id, page: id });
      this.work.news.add({ what: "moved", page: title, title: notebook });
    });
  }

  private async do(make: (notebook: string) => Promise<void>): Promise<boolean> {
    const notebook = this.work.chosen;
    return notebook !== null && this.try(() => make(notebook));
  }
}
