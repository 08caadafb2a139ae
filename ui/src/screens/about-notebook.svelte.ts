/** What a notebook says of itself: its title, its challenge, what its people agreed to, and when they look at it again. */

import type { NotebookView } from "../door/door";
import { OneAttempt } from "./attempts.svelte";
import type { Work } from "./work.svelte";

/** At most so many characters. */
export const MOST = { title: 200, challenge: 2_000, rules: 20_000 } as const;

export class AboutNotebook extends OneAttempt {
  title = $state("");
  challenge = $state("");
  rules = $state("");
  /** The day as `2027-03-31`, or nothing. */
  review = $state("");
  /** Whether it would have no title. */
  isUntitled = $state(false);
  /** As it was read: only what differs is said anew. */
  private before: NotebookView | null = null;

  constructor(private readonly work: Work) {
    super();
  }

  read(view: NotebookView): void {
    this.before = view;
    [this.title, this.challenge, this.rules, this.review] = [view.title, view.challenge ?? "", view.ground_rules ?? "", view.review_date ?? ""];
    [this.isUntitled, this.fault] = [false, null];
  }

  /** Whether all of it is saved. What was saved before something failed is not said again. */
  async save(): Promise<boolean> {
    const { before } = this;
    this.isUntitled = this.title.trim() === "";
    if (before === null || this.isUntitled) return false;
    return this.try(async () => {
      await this.say(before);
      await this.work.readAgain();
    });
  }

  private async say({ id: notebook, ...before }: NotebookView): Promise<void> {
    const title = this.title.trim();
    if (title !== before.title) {
      await this.work.door.ask("rename_notebook", { notebook, title });
      this.before = { id: notebook, ...before, title };
    }
    const edit = (now: string, was: string | null) => (now.trim() === (was ?? "") ? null : now.trim());
    const [challenge, ground_rules, review_date] = [edit(this.challenge, before.challenge), edit(this.rules, before.ground_rules), edit(this.review, before.review_date)];
    if (challenge === null && ground_rules === null && review_date === null) return;
    await this.work.door.ask("describe_notebook", { notebook, challenge, ground_rules, review_date });
  }
}
