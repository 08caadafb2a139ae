/** Who wrote on the page, and whose text is shown. */

import type { Door, Fault, LineOfEditing } from "../door/door";
import type { Hand } from "../editor/view/who-wrote";
import { LineAuthors, type Author } from "./line-authors";
import { faultIn } from "./attempts.svelte";
import type { PersonColours } from "./person-colours";

export class Authors {
  /** Those of whom something stands on the page. */
  people = $state.raw<readonly Author[]>([]);
  /** Whose text is shown alone. */
  only = $state<string | null>(null);
  fault = $state.raw<Fault | null>(null);
  private readonly lineAuthors: LineAuthors;
  private lines: ReadonlySet<string> | null = null;

  constructor(
    private readonly door: Pick<Door, "ask">,
    private readonly page: string,
    colours: PersonColours,
    /** Whose lines they are has become known. */
    private readonly changed: () => void,
  ) {
    this.lineAuthors = new LineAuthors(colours);
  }

  /** Whose a line is that no node needs to be asked about. */
  knows(author: LineOfEditing): void {
    this.lineAuthors.learn(author);
  }

  /** How the text of a line is drawn. */
  hand(line: string): Hand | null {
    const author = this.lineAuthors.of(line);
    return author === null || (this.only !== null && this.only !== author.person) ? null : author;
  }

  of(line: string): Author | null {
    return this.lineAuthors.of(line);
  }

  /** Something of these lines stands on the page. Whose they are is asked if one of them is new. */
  async stand(lines: ReadonlySet<string>): Promise<void> {
    this.lines = lines;
    this.list();
    const unknown = this.lineAuthors.toAsk(lines);
    if (unknown.length > 0) await this.ask(unknown);
  }

  /** Asks again, where it failed. */
  async askAgain(): Promise<void> {
    if (this.lines !== null) await this.ask([...this.lines]);
  }

  private async ask(unknown: readonly string[]): Promise<void> {
    this.lineAuthors.askedAbout(unknown);
    try {
      for (const author of await this.door.ask("page_authors", { page: this.page })) this.lineAuthors.learn(author);
      this.fault = null;
    } catch (problem) {
      this.fault = faultIn(problem);
      return;
    }
    this.list();
    this.changed();
  }

  private list(): void {
    this.people = this.lines === null ? [] : this.lineAuthors.people(this.lines);
    if (!this.people.some(({ person }) => person === this.only)) this.only = null;
  }
}
