/** Whose the lines of editing of a page are, as far as the node has told. */

import type { LineOfEditing } from "../door/door";
import type { PersonColours } from "./person-colours";

/** Somebody who writes on the page. */
export interface Author {
  readonly person: string;
  /** What they are called, if that is known. */
  readonly name: string | null;
  /** Which of the eight colours, from 1 on. */
  readonly colour: number;
}

export class LineAuthors {
  private readonly known = new Map<string, Author>();
  private readonly asked = new Set<string>();

  constructor(private readonly colours: PersonColours) {}

  learn({ actor, author, author_id, device }: LineOfEditing): void {
    const person = author_id ?? device;
    this.known.set(actor, { person, name: author_id === null ? null : author, colour: this.colours.of(person) });
  }

  of(line: string): Author | null {
    return this.known.get(line) ?? null;
  }

  /** Those of some lines that nothing is known of, if there is one among them that was not asked about yet. */
  toAsk(lines: ReadonlySet<string>): readonly string[] {
    const unknown = [...lines].filter((line) => !this.known.has(line));
    return unknown.some((line) => !this.asked.has(line)) ? unknown : [];
  }

  /** These have been asked about. */
  askedAbout(lines: readonly string[]): void {
    for (const line of lines) this.asked.add(line);
  }

  /** The people of some lines, each once, in the order in which they came to the page. */
  people(lines: ReadonlySet<string>): Author[] {
    const people = new Map<string, Author>();
    for (const [line, author] of this.known) if (lines.has(line) && !people.has(author.person)) people.set(author.person, author);
    return [...people.values()];
  }
}
