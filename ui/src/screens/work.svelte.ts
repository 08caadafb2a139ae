/** What is on the screen: the place, the notebook, its pages and people, the inbox. */

import type { CaptureLine, Door, Fault, MemberLine, Notice, NotebookLine, NotebookView, PageLine } from "../door/door";
import { PageOnScreen, faultIn } from "./open-page.svelte";

export type Place = "pages" | "capture" | "people";

export class Work {
  place = $state<Place>("pages");
  notebooks = $state.raw<readonly NotebookLine[] | null>(null);
  chosen = $state<string | null>(null);
  view = $state.raw<NotebookView | null>(null);
  pages = $state.raw<readonly PageLine[] | null>(null);
  members = $state.raw<readonly MemberLine[] | null>(null);
  inbox = $state.raw<readonly CaptureLine[] | null>(null);
  page = $state.raw<PageOnScreen | null>(null);
  fault = $state.raw<Fault | null>(null);
  /** Who is at this window, by id. */
  me = $state<string | null>(null);
  readonly notebook = $derived(this.notebooks?.find(({ id }) => id === this.chosen) ?? null);
  readonly line = $derived(this.pages?.find(({ id }) => id === this.page?.id) ?? null);
  readonly mayWrite = $derived(this.notebook?.role === "writer" || this.notebook?.role === "admin");

  constructor(readonly door: Door) {}

  /** Reads what there is, and keeps up with it until the given way to stop is used. */
  begin(): () => void {
    const stop = this.door.listen((notice) => void this.hear(notice));
    void this.try(async () => {
      this.me = (await this.door.ask("whoami", {})).person_id;
      await this.readNotebooks();
      this.inbox = await this.door.ask("list_inbox", {});
    });
    return () => {
      stop();
      this.page?.close();
    };
  }

  async choose(notebook: string): Promise<void> {
    if (notebook === this.chosen) return;
    this.closePage();
    this.chosen = notebook;
    [this.pages, this.members, this.view] = [null, null, null];
    await this.try(() => this.readNotebook(notebook));
  }

  async beginNotebook(title: string, challenge: string): Promise<void> {
    await this.try(async () => {
      const { id } = await this.door.ask("new_notebook", { title, challenge: challenge.trim() === "" ? null : challenge });
      await this.readNotebooks();
      await this.choose(id);
    });
  }

  async newPage(title: string): Promise<void> {
    const notebook = this.chosen;
    if (notebook === null) return;
    await this.try(async () => {
      const { id } = await this.door.ask("new_page", { notebook, title, template: null, markdown: null });
      await this.readPages(notebook);
      await this.open(id);
    });
  }

  async open(id: string): Promise<void> {
    if (this.page?.id === id) return;
    this.closePage();
    const page = new PageOnScreen(this.door, id);
    this.page = page;
    await page.open();
  }

  closePage(): void {
    this.page?.close();
    this.page = null;
  }

  async rename(title: string): Promise<void> {
    const page = this.page?.id;
    const notebook = this.chosen;
    if (page === undefined || notebook === null || title.trim() === "" || title.trim() === this.line?.title) return;
    await this.try(async () => {
      await this.door.ask("rename_page", { page, title });
      await this.readPages(notebook);
    });
  }

  /** Saves a thought. Whether it is saved. */
  async capture(text: string): Promise<boolean> {
    return this.try(async () => {
      await this.door.ask("capture", { text, at: null });
      this.inbox = await this.door.ask("list_inbox", {});
    });
  }

  async file(capture: string, notebook: string): Promise<void> {
    await this.try(async () => {
      await this.door.ask("file_capture", { capture, notebook, page: null });
      this.inbox = await this.door.ask("list_inbox", {});
      await this.readNotebooks();
      if (notebook === this.chosen) await this.readPages(notebook);
    });
  }

  private async hear(notice: Notice): Promise<void> {
    const notebook = this.chosen;
    await this.try(async () => {
      if (notice.notice === "notebook_changed" || notice.notice === "missed") await this.readNotebooks();
      if (notice.notice === "missed") this.inbox = await this.door.ask("list_inbox", {});
      if (notebook === null) return;
      const concerns = "notebook_id" in notice ? notice.notebook_id === notebook : true;
      if (!concerns) return;
      if (notice.notice === "page_changed") await this.readPages(notebook);
      else await this.readNotebook(notebook);
    });
  }

  private async readNotebooks(): Promise<void> {
    this.notebooks = await this.door.ask("list_notebooks", {});
    const [first] = this.notebooks;
    const isThere = this.notebooks.some(({ id }) => id === this.chosen);
    if (!isThere && first !== undefined) await this.choose(first.id);
  }

  private async readNotebook(notebook: string): Promise<void> {
    await this.readPages(notebook);
    const [view, members] = await Promise.all([
      this.door.ask("show_notebook", { notebook }),
      this.door.ask("list_members", { notebook }),
    ]);
    // The person may have turned to another notebook meanwhile.
    if (notebook === this.chosen) [this.view, this.members] = [view, members];
  }

  private async readPages(notebook: string): Promise<void> {
    const pages = await this.door.ask("list_pages", { notebook });
    if (notebook === this.chosen) this.pages = pages;
  }

  private async try(make: () => Promise<void>): Promise<boolean> {
    try {
      await make();
      this.fault = null;
      return true;
    } catch (problem) {
      this.fault = faultIn(problem);
      return false;
    }
  }
}
