/** A page that a node lent to this window, as any door opens it. */

import { bytesOf, textOf } from "./base64";
import type { Door, OpenedPage, OpenPage, PageHearer } from "./door";

/** A page that is open, its copy's place in the page's history, and what the copy has to say next. */
export class LentPage implements OpenPage {
  /** Where the page stood when the copy was last given all that it lacked. */
  private have: readonly string[];
  private next: string | null;
  private asking = false;
  private askAgain = false;
  private readonly page: string;
  readonly actor: string;
  readonly document: Uint8Array;
  private readonly stop: () => void;

  constructor(
    private readonly door: Pick<Door, "ask" | "listen">,
    { id, notebook_id, actor, document, standing }: OpenedPage,
    private readonly hearer: PageHearer,
  ) {
    [this.page, this.actor, this.document] = [id, actor, bytesOf(document)];
    [this.have, this.next] = [standing.heads, standing.message];
    this.stop = door.listen((notice) => {
      const { notice: what } = notice;
      const isOfPage = what === "page_changed" && notice.page_id === id;
      // Who may write is different, perhaps, and the next change has to say so.
      const isOfNotebook = what === "notebook_changed" && notice.notebook_id === notebook_id;
      if (what === "missed" || isOfPage || isOfNotebook) void this.catchUp();
    });
  }

  message(): string | undefined {
    return this.next ?? undefined;
  }

  said(): void {
    this.next = null;
  }

  async save(change: Uint8Array): Promise<void> {
    const { page, actor } = this;
    const standing = await this.door.ask("write_page", { page, actor, changes: [textOf(change)] });
    this.next = standing.message;
  }

  close(): void {
    this.stop();
    // Where the node is away it has taken the page back already.
    this.door.ask("close_page", { page: this.page, actor: this.actor }).catch(() => undefined);
  }

  /** Asks for what others wrote; what is told meanwhile makes it ask once more. */
  private async catchUp(): Promise<void> {
    this.askAgain = true;
    if (this.asking) return;
    this.asking = true;
    try {
      while (this.askAgain) {
        this.askAgain = false;
        await this.takeNews();
      }
    } catch {
      // The page is gone, or the node is away: the lists say so, and saving does.
    } finally {
      this.asking = false;
    }
  }

  private async takeNews(): Promise<void> {
    const { page, actor, have } = this;
    const news = await this.door.ask("page_news", { page, actor, have });
    if (news.whole !== null) {
      this.hearer.anew();
      return;
    }
    [this.have, this.next] = [news.standing.heads, news.standing.message];
    if (news.changes.length > 0) this.hearer.changes(news.changes.map(bytesOf));
  }
}
