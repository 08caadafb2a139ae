/**
 * All notebooks with their pages, as a tree: how the pages are shown, which notebooks are open, and what is read of those. The
 * first two are kept on this device; of notebooks only where they are, never what they are called.
 */

import type { Fault, NotebookLine, PageLine } from "../door/door";
import { m } from "../paraglide/messages.js";
import type { PageView } from "../words/settings.svelte";
import { faultIn } from "./attempts.svelte";
import { Seldom } from "./seldom";
import type { Work } from "./work.svelte";

/** What a window remembers of it from one start to the next. */
export interface TreeMemory {
  pageView: PageView;
  openNotebooks: readonly string[];
}

/** A notebook, a page in it, or what is said in the place of its pages. */
export type TreeLine =
  | { readonly what: "notebook"; readonly notebook: NotebookLine }
  | { readonly what: "page"; readonly notebook: NotebookLine; readonly page: PageLine }
  | { readonly what: "reading"; readonly notebook: NotebookLine }
  | { readonly what: "empty"; readonly notebook: NotebookLine }
  | { readonly what: "fault"; readonly notebook: NotebookLine; readonly fault: Fault };

/** Between two readings of what others change, in milliseconds. */
const READ = 300;

export class PageTree {
  private shownAs = $state<PageView>("list");
  /** The notebooks that are open, by their ids. */
  private open = $state.raw<readonly string[]>([]);
  /** Why the pages of a notebook could not be read, by its id. */
  private faults = $state.raw<Readonly<Record<string, Fault | undefined>>>({});
  private readonly reading = new Seldom(() => this.readAll(), READ);
  readonly notebooks: readonly TreeLine[] = $derived.by(() => (this.work.notebooks ?? []).map((notebook) => ({ what: "notebook", notebook })));

  constructor(
    private readonly work: Work,
    private readonly memory: TreeMemory,
  ) {
    [this.shownAs, this.open] = [memory.pageView, memory.openNotebooks];
  }

  get view(): PageView {
    return this.shownAs;
  }

  set view(view: PageView) {
    this.shownAs = view;
    this.memory.pageView = view;
  }

  isOpen({ notebook }: TreeLine): boolean {
    return this.open.includes(notebook.id);
  }

  /** What lies in a notebook: its pages, the latest first, or what there is to say instead of them; `null` in what is none. */
  within({ what, notebook }: TreeLine): readonly TreeLine[] | null {
    if (what !== "notebook") return null;
    const [pages, fault] = [this.work.directory.lists.all[notebook.id], this.faults[notebook.id]];
    const known: readonly TreeLine[] = (pages ?? []).map((page) => ({ what: "page", notebook, page }));
    // What was read before is still there to be opened.
    if (fault !== undefined) return [{ what: "fault", notebook, fault }, ...known];
    if (pages === undefined) return [{ what: "reading", notebook }];
    return known.length > 0 ? known : [{ what: "empty", notebook }];
  }

  /** Opens a notebook, or closes it. */
  turn({ notebook }: TreeLine, opens: boolean): void {
    this.keep([...this.open.filter((id) => id !== notebook.id), ...(opens ? [notebook.id] : [])]);
    if (opens) void this.readOne(notebook.id);
  }

  /** Opens the notebook that is chosen, where the person sees what they have before them. */
  reveal(): void {
    const { chosen } = this.work;
    if (chosen !== null && !this.open.includes(chosen)) this.keep([...this.open, chosen]);
  }

  /** Goes to a page; tries again what could not be read; begins a page where there is none. */
  async choose(line: TreeLine): Promise<void> {
    const notebook = line.notebook.id;
    if (line.what === "page") await this.goTo(notebook, line.page.id);
    else if (line.what === "fault") await this.readAgain(notebook);
    else if (line.what === "empty" && this.mayBegin(line)) await this.begin(notebook);
  }

  /** Whether this person may begin a page in the notebook. */
  mayBegin({ notebook: { role } }: TreeLine): boolean {
    return role === "writer" || role === "admin";
  }

  /** Reads what is open, as far as it is not known, and not with each letter that somebody types. */
  async read(): Promise<void> {
    await this.reading.ask();
  }

  private async readAll(): Promise<void> {
    // The list of the notebook that is chosen is kept up with where it is shown.
    const isKeptUp = (id: string) => id === this.work.chosen && this.work.pages !== null;
    const held = (this.work.notebooks ?? []).map(({ id }) => id);
    await Promise.all(held.filter((id) => this.open.includes(id) && !isKeptUp(id)).map((id) => this.readOne(id)));
  }

  private async readOne(notebook: string): Promise<void> {
    try {
      await this.work.directory.lists.of(notebook);
      this.faults = { ...this.faults, [notebook]: undefined };
    } catch (problem) {
      this.faults = { ...this.faults, [notebook]: faultIn(problem) };
    }
  }

  private async readAgain(notebook: string): Promise<void> {
    if (notebook === this.work.chosen) await this.work.readAgain();
    await this.readOne(notebook);
  }

  private async goTo(notebook: string, page: string): Promise<void> {
    if (notebook === this.work.chosen) await this.work.open(page);
    else await this.work.try(() => this.work.goTo({ notebook, page }));
  }

  private async begin(notebook: string): Promise<void> {
    await this.work.choose(notebook);
    if (this.work.chosen === notebook) await this.work.deeds.create(m.page_untitled());
  }

  /** Keeps which are open; what is not on this device any more is forgotten. */
  private keep(open: readonly string[]): void {
    const held = (this.work.notebooks ?? []).map(({ id }) => id);
    this.open = open.filter((id) => held.includes(id));
    this.memory.openNotebooks = this.open;
  }
}
