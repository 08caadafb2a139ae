/** Pages on a pretend node: listed, renamed, moved, deleted and brought back. */

import { Fault, type Changed, type PageLine, type Requests } from "../src/door/door";
import type { PretendDoor, PretendPage } from "./pretend-door";
import { person, type Who } from "./pretend-history";

/** What is asked of a node about pages that are not open. */
export type PageRequests = Pick<
  Requests,
  "list_pages" | "new_page" | "rename_page" | "move_page" | "delete_page" | "list_deleted_pages" | "bring_back_page"
>;

type Answers = { [N in keyof PageRequests]: (body: PageRequests[N]["body"]) => PageRequests[N]["reply"] };

export class PretendPages {
  constructor(private readonly door: PretendDoor) {}

  readonly answers: Answers = {
    list_pages: ({ notebook }) => this.of(notebook, false),
    list_deleted_pages: ({ notebook }) => this.of(notebook, true),
    new_page: ({ notebook, title, template }) => ({ id: this.door.page(notebook, title, [this.door.identity.name ?? ""], [], template ?? "note") }),
    rename_page: ({ page, title }) => this.rename(page, title),
    move_page: ({ page, notebook }) => this.move(page, notebook),
    delete_page: ({ page }) => this.mark(page, true),
    bring_back_page: ({ page }) => this.mark(page, false),
  };

  /** Somebody elsewhere deleted a page, or brought it back. */
  marked(page: string, isDeleted: boolean, author: string | null): void {
    this.mark(page, isDeleted, author === null ? null : person(author));
  }

  private of(notebook: string, isDeleted: boolean): readonly PageLine[] {
    return this.door.pages.filter((page) => page.notebook === notebook && page.isDeleted === isDeleted).map(({ line }) => line);
  }

  private found(id: string): PretendPage {
    const page = this.door.pages.find(({ line }) => line.id === id);
    if (page === undefined) throw new Fault("not_found", "there is no such page here", "en");
    return page;
  }

  private rename(id: string, typed: string): Changed {
    const [page, title] = [this.found(id), typed.trim()];
    this.door.history.named(page, this.door.identity, title);
    return { id, title, changed: true, heads: this.door.history.heads(id) };
  }

  private move(id: string, notebook: string): Requests["move_page"]["reply"] {
    const page = this.found(id);
    const to = this.door.notebooks.find((one) => one.id === notebook);
    if (to?.role !== "writer" && to?.role !== "admin") throw new Fault("refused", "you may not write in that notebook; ask an admin for that role", "en");
    const moved = this.door.page(notebook, page.line.title, page.line.authors, []);
    Object.assign(this.found(moved), { document: page.document, changes: [...page.changes] });
    this.mark(id, true);
    this.door.say({ notice: "page_changed", notebook_id: notebook, page_id: moved, here: true });
    return { id: moved, notebook_id: notebook, title: page.line.title, notebook: to.title };
  }

  private mark(id: string, isDeleted: boolean, by: Who | null = this.door.identity): Changed {
    const page = this.found(id);
    page.isDeleted = isDeleted;
    this.door.history.marked(page, by, isDeleted);
    return { id, title: page.line.title, changed: true, heads: this.door.history.heads(id) };
  }
}
