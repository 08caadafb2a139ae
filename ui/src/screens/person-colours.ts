/** Which of the eight colours is whose on a page: for their caret, and for what they wrote. */

const COLOURS = 8;

export class PersonColours {
  private readonly given = new Map<string, number>();

  /** The person's own colour where that is free, which it is on every page and in every window; else the next. */
  of(person: string, here: readonly string[] = []): number {
    const known = this.given.get(person);
    if (known !== undefined) return known;
    const own = [...person].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 65_521, 0) % COLOURS;
    const inTurn = Array.from({ length: COLOURS }, (_, step) => ((own + step) % COLOURS) + 1);
    const taken = new Set(this.given.values());
    // When there are more people than colours, those who are here at the same time are told apart.
    const takenHere = new Set(here.map((other) => this.given.get(other)));
    const free = inTurn.find((one) => !taken.has(one)) ?? inTurn.find((one) => !takenHere.has(one)) ?? own + 1;
    this.given.set(person, free);
    return free;
  }
}
