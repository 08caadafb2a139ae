/** The pages of notebooks, as they were read last: asked for again only after the node has said that something changed there. */

import type { Door, Notice, PageLine } from "../door/door";

export class PageLists {
  all = $state.raw<Readonly<Record<string, readonly PageLine[] | undefined>>>({});
  /** Counts what the node said, so that what is shown of them is asked for again. */
  changes = $state(0);
  /** The notebooks whose lists are still so. */
  private fresh: readonly string[] = [];
  /** What is being asked for. */
  private readonly asked: Record<string, Promise<readonly PageLine[]> | undefined> = {};

  constructor(private readonly door: Pick<Door, "ask">) {}

  /** The pages of a notebook, asked for where they are neither known nor on their way. */
  async of(notebook: string): Promise<readonly PageLine[]> {
    const known = this.fresh.includes(notebook) ? (this.asked[notebook] ?? this.all[notebook]) : undefined;
    return known ?? this.read(notebook);
  }

  /** Asks for them, whatever is known. */
  async read(notebook: string): Promise<readonly PageLine[]> {
    const asked = this.ask(notebook);
    this.asked[notebook] = asked;
    try {
      return await asked;
    } finally {
      if (this.asked[notebook] === asked) this.asked[notebook] = undefined;
    }
  }

  private async ask(notebook: string): Promise<readonly PageLine[]> {
    // What the node says from now on may not be in the answer.
    this.fresh = [...this.fresh, notebook];
    try {
      const pages = await this.door.ask("list_pages", { notebook });
      this.all = { ...this.all, [notebook]: pages };
      return pages;
    } catch (problem) {
      this.forget(notebook);
      throw problem;
    }
  }

  /** What is known of them may be older than what is looked for. */
  forget(notebook: string): void {
    this.fresh = this.fresh.filter((one) => one !== notebook);
  }

  /** Something may be different now. */
  hear(notice: Notice): void {
    if (notice.notice === "missed") this.fresh = [];
    else if ("notebook_id" in notice && notice.notice !== "present" && notice.notebook_id !== null) this.forget(notice.notebook_id);
    else return;
    this.changes += 1;
  }
}
