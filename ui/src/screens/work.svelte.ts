/** What is on the screen: the place, the notebook, its pages and people, the inbox. */

import type { CaptureLine, Door, InvitationView, Joined, MemberLine, Notice, NotebookLine, NotebookView, PageLine } from "../door/door";
import { begunFor, whereOneWas, type PagePlace } from "./first-minute";
import { KeptPlaces, type Memory } from "./kept-places.svelte";
import { Joining } from "./joining.svelte";
import { Me } from "./me.svelte";
import { News } from "./news.svelte";
import { Attempts } from "./attempts.svelte";
import { PageOnScreen } from "./open-page.svelte";
import { PageDeeds } from "./page-deeds.svelte";
import { PageDirectory } from "./page-directory.svelte";
import { PageTree, type TreeMemory } from "./page-tree.svelte";
import { Seldom } from "./seldom";

export type Place = "pages" | "capture" | "people";

/** Between two readings of what only typing has changed, in milliseconds. */
const LISTED = 300;

export class Work extends Attempts {
  place = $state<Place>("pages");
  notebooks = $state.raw<readonly NotebookLine[] | null>(null);
  chosen = $state<string | null>(null);
  view = $state.raw<NotebookView | null>(null);
  pages = $state.raw<readonly PageLine[] | null>(null);
  members = $state.raw<readonly MemberLine[] | null>(null);
  invitations = $state.raw<readonly InvitationView[] | null>(null);
  inbox = $state.raw<readonly CaptureLine[] | null>(null);
  page = $state.raw<PageOnScreen | null>(null);
  /** Whether what there is was read, and something is open. */
  started = $state(false);
  private starting = false;
  /** Something happened while it was read. */
  private late = false;
  private readonly listing = new Seldom(() => this.readListed(), LISTED);
  readonly me: Me;
  readonly kept: KeptPlaces;
  /** Where one can go to. */
  readonly directory: PageDirectory;
  /** All notebooks with their pages. */
  readonly tree: PageTree;
  readonly news = new News();
  readonly joining = new Joining(this);
  /** What can be done about pages. */
  readonly deeds = new PageDeeds(this);
  readonly notebook = $derived(this.notebooks?.find(({ id }) => id === this.chosen) ?? null);
  readonly line = $derived(this.pages?.find(({ id }) => id === this.page?.id) ?? null);
  /** This person among the people of the notebook. */
  readonly mine = $derived(this.members?.find(({ you }) => you) ?? null);
  /** How they stand in it: whoever was removed, or left, still reads their copy. */
  readonly standing = $derived.by((): "in" | "out" | "waits" => {
    if (this.notebook === null || this.notebook.role !== null || this.members === null) return "in";
    return this.mine === null ? "out" : "waits";
  });
  readonly mayWrite = $derived(this.notebook?.role === "writer" || this.notebook?.role === "admin");

  constructor(readonly door: Door, memory: Memory & TreeMemory) {
    super();
    this.me = new Me(door);
    this.kept = new KeptPlaces(memory);
    this.directory = new PageDirectory(door, this.kept, () => this.notebooks);
    this.tree = new PageTree(this, memory);
  }

  /** Reads what there is, and keeps up with it until the given way to stop is used. */
  begin(): () => void {
    const stop = this.door.listen((notice) => void this.hear(notice));
    void this.start();
    return () => {
      stop();
      this.page?.close();
    };
  }

  /** Opens where the person was; whoever was nowhere yet is on an empty page. Asked again where it failed. */
  async start(): Promise<void> {
    if (this.started || this.starting) return;
    this.starting = true;
    await this.try(async () => {
      await this.me.read();
      const begun = await begunFor(this.door);
      const notebooks = await this.door.ask("list_notebooks", {});
      const place = begun ?? (await whereOneWas(this.directory.lists, notebooks, this.kept.last));
      this.notebooks = notebooks;
      const notebook = place?.notebook ?? notebooks[0]?.id;
      if (notebook !== undefined) await this.turnTo(notebook, place?.page, begun !== null);
      this.inbox = await this.door.ask("list_inbox", {});
      this.started = true;
    });
    this.starting = false;
    if (this.started && this.late) await this.hear({ notice: "missed" });
  }

  async choose(notebook: string): Promise<void> {
    if (notebook === this.chosen) return;
    this.closePage();
    this.chosen = notebook;
    [this.pages, this.members, this.invitations, this.view] = [null, null, null, null];
    await this.try(() => this.readNotebook(notebook));
  }

  async beginNotebook(title: string, challenge: string): Promise<void> {
    await this.try(async () => {
      const { id } = await this.door.ask("new_notebook", { title, challenge: challenge.trim() === "" ? null : challenge });
      await this.readNotebooks();
      await this.choose(id);
    });
  }

  /** Opens a notebook on the page that was changed last. */
  async visit(notebook: string): Promise<void> {
    this.place = "pages";
    await this.choose(notebook);
    const page = this.pages?.[0]?.id;
    if (page !== undefined && this.chosen === notebook) await this.open(page);
  }

  /** This device was let into a notebook, which is here now. */
  async joined({ notebook_id, title, role, host, words }: Joined, isWaitedFor: boolean): Promise<void> {
    await this.readAgain();
    this.news.add({ what: "joined", host, title, role, words });
    if (isWaitedFor) await this.visit(notebook_id);
  }

  /** Reads the list and the notebook that is chosen again, after something was done about them. */
  async readAgain(): Promise<void> {
    await this.try(async () => {
      await this.readNotebooks();
      if (this.chosen !== null) await this.readNotebook(this.chosen);
    });
  }

  /** Opens a page; with the cursor in its text if it is to be written at once. */
  async open(id: string, writes = false): Promise<void> {
    if (this.page?.id === id) return;
    this.closePage();
    const page = new PageOnScreen(this.door, id, writes);
    this.page = page;
    this.callPage();
    if (this.chosen !== null) this.kept.opened({ notebook: this.chosen, page: id });
    await page.open();
  }

  closePage(): void {
    this.page?.close();
    this.page = null;
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
    // Of that nothing is kept, and the page on the screen hears it by itself.
    if (notice.notice === "present") return;
    this.directory.lists.hear(notice);
    if (notice.notice === "admitted") this.tellOf(notice);
    if (!this.started) {
      this.late = true;
      if (notice.notice === "missed") await this.start();
      return;
    }
    await this.try(async () => {
      if (notice.notice === "notebook_changed" || notice.notice === "admitted" || notice.notice === "missed") await this.readNotebooks();
      for (const joined of this.news.nameless) this.news.name(joined, await this.door.ask("list_members", { notebook: joined }));
      if (notice.notice === "missed") this.inbox = await this.door.ask("list_inbox", {});
      // Another one, where the one that was chosen is gone.
      const notebook = this.chosen;
      if (notebook === null) return;
      const concerns = "notebook_id" in notice ? notice.notebook_id === notebook : true;
      if (!concerns) return;
      if (notice.notice === "page_changed") await this.listing.ask();
      else await this.readNotebook(notebook);
    });
  }

  /** This device let somebody in. */
  private tellOf({ notebook_id: notebook, person, person_id, words }: Extract<Notice, { notice: "admitted" }>): void {
    const title = this.notebooks?.find(({ id }) => id === notebook)?.title ?? "";
    this.news.add({ what: "admitted", person_id, name: person === person_id ? null : person, notebook, title, words });
  }

  /** Goes to a page wherever it is, with the cursor in its text if it is to be written at once. */
  async goTo({ notebook, page }: PagePlace, writes = false): Promise<void> {
    this.place = "pages";
    // What the list of its pages says may be older than the page.
    if (notebook === this.chosen) await this.readPages(notebook);
    else this.directory.lists.forget(notebook);
    await this.turnTo(notebook, page, writes);
  }

  /** A notebook with a page open in it; what else is to be read of it comes meanwhile. */
  private async turnTo(notebook: string, page: string | undefined, writes: boolean): Promise<void> {
    const chosen = this.choose(notebook);
    if (page !== undefined) await this.open(page, writes);
    await chosen;
  }

  private async readNotebooks(): Promise<void> {
    this.notebooks = await this.door.ask("list_notebooks", {});
    const [first] = this.notebooks;
    const isThere = this.notebooks.some(({ id }) => id === this.chosen);
    if (isThere) return;
    if (first !== undefined) await this.choose(first.id);
    else this.choseNone();
  }

  private choseNone(): void {
    this.closePage();
    [this.chosen, this.pages, this.members, this.invitations, this.view] = [null, null, null, null, null];
  }

  private async readNotebook(notebook: string): Promise<void> {
    // All at once: whatever is asked after a page was asked for waits for that.
    const [, view, members, invitations] = await Promise.all([
      this.readPages(notebook, true),
      this.door.ask("show_notebook", { notebook }),
      this.door.ask("list_members", { notebook }),
      this.door.ask("list_invitations", { notebook }),
    ]);
    // The person may have turned to another notebook meanwhile.
    if (notebook === this.chosen) [this.view, this.members, this.invitations] = [view, members, invitations];
  }

  /** What is listed of the page that somebody writes on, and who has it. */
  private async readListed(): Promise<void> {
    const notebook = this.chosen;
    if (notebook !== null) await Promise.all([this.readPages(notebook), this.readView(notebook)]);
  }

  /** Who has what: with every change that is made, here too, others have less of it. */
  private async readView(notebook: string): Promise<void> {
    const view = await this.door.ask("show_notebook", { notebook });
    if (notebook === this.chosen) this.view = view;
  }

  /** Reads the pages of a notebook: again, unless what is known of them will do. */
  async readPages(notebook: string, knownWillDo = false): Promise<void> {
    const { lists } = this.directory;
    const pages = await (knownWillDo ? lists.of(notebook) : lists.read(notebook));
    if (notebook !== this.chosen) return;
    this.pages = pages;
    this.callPage();
  }

  /** Tells the page that is open what it is called; one that is gone from the list keeps its name. */
  private callPage(): void {
    const line = this.pages?.find(({ id }) => id === this.page?.id);
    if (this.page !== null && line !== undefined) this.page.title = line.title;
  }
}
